/* Unpredictable bytes: the host's, by virtio. */
#include "../bare/machine.h"
#include "../bare/virtio.h"
#include <stddef.h>

#define POLLS_MAX 10000000u

uint32_t machineEntropy(void* bytes, uint32_t length)
{
  static Virtio device;
  static VirtioQueue queue;
  uint32_t id, count = 0, polls = 0;
  if (!device)
    device = virtioOpen(VIRTIO_RANDOM, 0, (VirtioQueue* const[]){ &queue }, 1);
  if (!device)
    return 0;
  virtioOffer(device, 0, &queue, 0, bytes, length, 1);
  while (!virtioTake(&queue, &id, &count))
    if (++polls == POLLS_MAX)
      return 0;
  return count <= length ? count : 0;
}
