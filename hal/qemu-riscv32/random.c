/* Unpredictable bytes: the host's, by virtio. */
#include "machine.h"
#include "virtio.h"
#include <string.h>

#define PART 64
#define POLLS_MAX 10000000u

int randomFill(void* bytes, uint32_t length)
{
  static Virtio device;
  static VirtioQueue queue;
  static uint8_t part[PART];
  uint8_t* to = bytes;
  if (!device.registers) {
    if (!virtioOpen(&device, VIRTIO_RANDOM, 0))
      return 0;
    virtioQueue(&device, 0, &queue);
    virtioStart(&device);
    queue.descriptors[0].address = (uint32_t)part;
    queue.descriptors[0].length = PART;
    queue.descriptors[0].flags = VIRTIO_DEVICE_WRITES;
  }
  while (length) {
    uint32_t id, count = 0, polls = 0;
    virtioOffer(&queue, 0);
    virtioNotify(&device, 0);
    while (!virtioTake(&queue, &id, &count))
      if (++polls == POLLS_MAX)
        return 0;
    if (!count || (count > PART))
      return 0;
    if (count > length)
      count = length;
    memcpy(to, part, count);
    to += count;
    length -= count;
  }
  memset(part, 0, sizeof(part));
  return 1;
}
