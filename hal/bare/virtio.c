/* Virtio over MMIO (virtio 1.1 §2.6, §4.2): eight places for devices, split queues, no
 * interrupts.
 */
#include "virtio.h"
#include "map.h"
#include <stddef.h>

#define PLACES 8
#define PLACE(n) ((Virtio)(VIRTIO_BASE + 0x1000u * (n)))
#define MAGIC 0x74726976u
#define VERSION 2
#define NO_INTERRUPT 1
#define DEVICE_WRITES 2
#define FENCE() __asm volatile("fence" ::: "memory")

/* Registers, by word */
enum {
  R_MAGIC = 0,
  R_VERSION = 1,
  R_KIND = 2,
  R_FEATURES = 0x20 / 4,
  R_FEATURES_PAGE = 0x24 / 4,
  R_QUEUE = 0x30 / 4,
  R_QUEUE_LENGTH = 0x38 / 4,
  R_QUEUE_READY = 0x44 / 4,
  R_NOTIFY = 0x50 / 4,
  R_STATUS = 0x70 / 4,
  R_DESCRIPTORS = 0x80 / 4,
  R_AVAILABLE = 0x90 / 4,
  R_USED = 0xA0 / 4,
  R_CONFIG = 0x100
};

enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };

static void setAddress(Virtio at, const volatile void* address)
{
  at[0] = (uint32_t)address;
  at[1] = 0;
}

static void addQueue(Virtio r, int number, VirtioQueue* queue)
{
  r[R_QUEUE] = (uint32_t)number;
  r[R_QUEUE_LENGTH] = VIRTIO_QUEUE;
  setAddress(r + R_DESCRIPTORS, queue->descriptors);
  setAddress(r + R_AVAILABLE, &queue->available);
  setAddress(r + R_USED, &queue->used);
  queue->available.flags = NO_INTERRUPT;
  FENCE();
  r[R_QUEUE_READY] = 1;
}

Virtio virtioOpen(uint32_t kind, uint32_t features, VirtioQueue* const* queues, int count)
{
  Virtio r = NULL;
  for (int i = 0; (i < PLACES) && !r; i++)
    if ((PLACE(i)[R_MAGIC] == MAGIC) && (PLACE(i)[R_VERSION] == VERSION)
        && (PLACE(i)[R_KIND] == kind))
      r = PLACE(i);
  if (!r)
    return NULL;
  r[R_STATUS] = 0;
  r[R_STATUS] = ACKNOWLEDGE | DRIVER;
  r[R_FEATURES_PAGE] = 0;
  r[R_FEATURES] = features;
  r[R_FEATURES_PAGE] = 1;
  r[R_FEATURES] = 1; /* VIRTIO_F_VERSION_1 */
  r[R_STATUS] = ACKNOWLEDGE | DRIVER | FEATURES_OK;
  if (!(r[R_STATUS] & FEATURES_OK))
    return NULL;
  for (int i = 0; i < count; i++)
    addQueue(r, i, queues[i]);
  r[R_STATUS] = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
  return r;
}

void virtioOffer(Virtio device, int number, VirtioQueue* queue, uint16_t id, const void* bytes,
    uint32_t length, int isWritten)
{
  queue->descriptors[id].address = (uint32_t)bytes;
  queue->descriptors[id].length = length;
  queue->descriptors[id].flags = isWritten ? DEVICE_WRITES : 0;
  queue->available.ring[queue->available.index % VIRTIO_QUEUE] = id;
  FENCE();
  queue->available.index++;
  FENCE();
  device[R_NOTIFY] = (uint32_t)number;
}

int virtioTake(VirtioQueue* queue, uint32_t* id, uint32_t* length)
{
  volatile uint16_t* index = &queue->used.index;
  if (*index == queue->seen)
    return 0;
  FENCE();
  *id = queue->used.ring[queue->seen % VIRTIO_QUEUE].id;
  *length = queue->used.ring[queue->seen % VIRTIO_QUEUE].length;
  queue->seen++;
  return 1;
}

uint8_t virtioConfig(Virtio device, uint32_t at)
{
  return ((volatile uint8_t*)device)[R_CONFIG + at];
}
