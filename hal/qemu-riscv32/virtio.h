/* Devices of virtio 1.1 over MMIO, polled. Physical addresses are what the program has. */
#ifndef VIRTIO_H
#define VIRTIO_H

#include <stdint.h>

#define VIRTIO_QUEUE 8
#define VIRTIO_NETWORK 1
#define VIRTIO_RANDOM 4
#define VIRTIO_DEVICE_WRITES 2

typedef struct {
  struct {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
  } descriptors[VIRTIO_QUEUE];
  struct {
    uint16_t flags, index, ring[VIRTIO_QUEUE], event;
  } available;
  struct {
    uint16_t flags, index;
    struct {
      uint32_t id, length;
    } ring[VIRTIO_QUEUE];
    uint16_t event;
  } used __attribute__((aligned(4)));
  uint16_t seen; /* of used */
} __attribute__((aligned(16))) VirtioQueue;

typedef struct {
  volatile uint32_t* registers; /* NULL: not there */
} Virtio;

/* Finds the first device of this kind and negotiates `features` (bits 0 to 31). 0: there is none
 * that speaks virtio 1. */
int virtioOpen(Virtio* device, uint32_t kind, uint32_t features);
void virtioQueue(Virtio* device, int number, VirtioQueue* queue);
/* Queues are set up: the device may begin. */
void virtioStart(Virtio* device);
/* Gives descriptor `id` to the device; virtioNotify tells it. */
void virtioOffer(VirtioQueue* queue, uint16_t id);
void virtioNotify(Virtio* device, int number);
/* 1 and the next descriptor that the device is done with, or 0. */
int virtioTake(VirtioQueue* queue, uint32_t* id, uint32_t* length);
uint8_t virtioConfig(const Virtio* device, uint32_t at);

#endif
