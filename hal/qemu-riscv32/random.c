/* Unpredictable bytes: the host's, by virtio. It takes its time, so it is asked for many at once;
 * what was given out is erased. */
#include "machine.h"
#include "virtio.h"
#include <string.h>

#define PART 256
#define POLLS_MAX 10000000u

static Virtio device;
static VirtioQueue queue;
static uint8_t part[PART];
static uint32_t left; /* the first so many bytes of it */

static int ask(void)
{
  uint32_t id, count = 0, polls = 0;
  if (!device.registers) {
    if (!virtioOpen(&device, VIRTIO_RANDOM, 0))
      return 0;
    virtioQueue(&device, 0, &queue);
    virtioStart(&device);
    queue.descriptors[0].address = (uint32_t)part;
    queue.descriptors[0].length = PART;
    queue.descriptors[0].flags = VIRTIO_DEVICE_WRITES;
  }
  virtioOffer(&queue, 0);
  virtioNotify(&device, 0);
  while (!virtioTake(&queue, &id, &count))
    if (++polls == POLLS_MAX)
      return 0;
  if (!count || (count > PART))
    return 0;
  left = count;
  return 1;
}

int randomFill(void* bytes, uint32_t length)
{
  uint8_t* to = bytes;
  while (length) {
    uint32_t count;
    if (!left && !ask())
      return 0;
    count = left < length ? left : length;
    left -= count;
    memcpy(to, part + left, count);
    memset(part + left, 0, count);
    to += count;
    length -= count;
  }
  return 1;
}
