/* Devices of virtio 1.1 over MMIO, polled. Physical addresses are what the program has. */
#ifndef VIRTIO_H
#define VIRTIO_H

#include <stdint.h>

#define VIRTIO_QUEUE 8
#define VIRTIO_NETWORK 1
#define VIRTIO_RANDOM 4

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

/* The registers of a device, or NULL. */
typedef volatile uint32_t* Virtio;

/* Finds the first device of this kind, negotiates `features` (bits 0 to 31) and gives it `count`
 * queues. NULL: there is none that speaks virtio 1. */
Virtio virtioOpen(uint32_t kind, uint32_t features, VirtioQueue* const* queues, int count);
/* Gives the device of queue `number` a buffer as descriptor `id`: to send, or to write to. */
void virtioOffer(Virtio device, int number, VirtioQueue* queue, uint16_t id, const void* bytes,
    uint32_t length, int isWritten);
/* 1 and the next descriptor that the device is done with, or 0. */
int virtioTake(VirtioQueue* queue, uint32_t* id, uint32_t* length);
uint8_t virtioConfig(Virtio device, uint32_t at);

#endif
