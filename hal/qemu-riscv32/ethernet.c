/* Ethernet by virtio-net (virtio 1.1 §5.1). */
#include "../bare/ethernet.h"
#include "../bare/virtio.h"
#include <stddef.h>
#include <string.h>

#define RECEIVE 0
#define SEND 1
#define FEATURE_MAC (1u << 5)
#define FEATURE_STATUS (1u << 16)
#define CONFIG_STATUS 6
#define STATUS_LINK_UP 1
/* Before each frame stands a header of virtio; two bytes more put what follows Ethernet's header on
 * a multiple of 4. */
#define HEADER 12
#define SHIFT 2
#define SENDING 4

static Virtio device;
static VirtioQueue receiving, sending;
static uint8_t* buffers[VIRTIO_QUEUE]; /* what the device may write to */
static uint8_t frames[SENDING][(HEADER + ETHERNET_FRAME_MAX + 3) & ~3] __attribute__((aligned(4)));
static uint8_t isBusy[SENDING];
static uint16_t next; /* the frame of ethernetRoom */

int ethernetStart(uint8_t address[6])
{
  device = virtioOpen(VIRTIO_NETWORK, FEATURE_MAC | FEATURE_STATUS,
      (VirtioQueue* const[]){ [RECEIVE] = &receiving, [SEND] = &sending }, 2);
  for (uint32_t i = 0; device && (i < 6); i++)
    address[i] = virtioConfig(device, i);
  return device != NULL;
}

int ethernetIsLinked(void)
{
  return virtioConfig(device, CONFIG_STATUS) & STATUS_LINK_UP;
}

int ethernetOffer(uint8_t* buffer)
{
  for (uint16_t i = 0; i < VIRTIO_QUEUE; i++)
    if (!buffers[i]) {
      buffers[i] = buffer;
      virtioOffer(device, RECEIVE, &receiving, i, buffer + SHIFT, HEADER + ETHERNET_FRAME_MAX, 1);
      return 1;
    }
  return 0;
}

uint8_t* ethernetTake(uint32_t* from, uint32_t* length)
{
  uint8_t* buffer;
  uint32_t id, count;
  if (!virtioTake(&receiving, &id, &count))
    return NULL;
  buffer = buffers[id % VIRTIO_QUEUE];
  buffers[id % VIRTIO_QUEUE] = NULL;
  *from = SHIFT + HEADER;
  *length = (count > HEADER) && (count <= HEADER + ETHERNET_FRAME_MAX) ? count - HEADER : 0;
  return buffer;
}

uint8_t* ethernetRoom(void)
{
  uint32_t id, length;
  while (virtioTake(&sending, &id, &length))
    isBusy[id % SENDING] = 0;
  for (next = 0; next < SENDING; next++)
    if (!isBusy[next])
      return frames[next] + HEADER;
  return NULL;
}

void ethernetSend(uint32_t length)
{
  memset(frames[next], 0, HEADER);
  isBusy[next] = 1;
  virtioOffer(device, SEND, &sending, next, frames[next], HEADER + length, 0);
}
