/* Ethernet by a LAN9118 at ETHERNET_BASE of map.h, polled. Numbers are those of its data sheet. */
#include "ethernet.h"
#include "layout.h"
#include <string.h>

#define REGISTER(offset) (*(volatile uint32_t*)(ETHERNET_BASE + (offset)))
#define RECEIVED REGISTER(0x00)
#define TO_SEND REGISTER(0x20)
#define RECEIVE_STATUS REGISTER(0x40)
#define SEND_STATUS REGISTER(0x48)
#define ORDER REGISTER(0x64)
#define ORDER_VALUE 0x87654321u
#define RECEIVE_SETUP REGISTER(0x6C)
#define SEND_SETUP REGISTER(0x70)
#define SEND_ON 2u
#define HARDWARE REGISTER(0x74)
#define HARDWARE_RESET 1u
#define HARDWARE_SETUP (5u << 16 | 1u << 20) /* 5 KB to send; a bit that must be set */
#define RECEIVE_FILL REGISTER(0x7C)
#define SEND_ROOM REGISTER(0x80)
#define ROOM 0xFFFFu
#define FRAMES 0x00FF0000u
#define MAC_COMMAND REGISTER(0xA4)
#define MAC_DATA REGISTER(0xA8)
#define MAC_BUSY (1u << 31)
#define MAC_READ (1u << 30)
enum { MAC_CONTROL = 1, MAC_HIGH = 2, MAC_LOW = 3, MII_COMMAND = 6, MII_DATA = 7 };
#define MAC_BOTH_WAYS (1u << 20 | 1u << 3 | 1u << 2)
#define PHY_STATUS (1u << 11 | 1u << 6 | 1u)
#define PHY_LINKED (1u << 2)
#define FRAME_ERROR (1u << 15)
#define FRAME_LENGTH(status) ((status) >> 16 & 0x3FFF)
#define FRAME_WHOLE (1u << 13 | 1u << 12)
#define FRAME_OVERHEAD 32u
#define CRC_BYTES 4u
/* The device puts two bytes before a frame, so that what follows its header is aligned. */
#define SHIFT 2u
#define POLLS_MAX 100000

static uint8_t* buffers[ETHERNET_BUFFERS]; /* where frames go that are to come */
static int count;
static uint32_t frame[(ETHERNET_FRAME_MAX + 3) / 4];

static uint32_t macGet(uint32_t index, uint32_t command)
{
  MAC_COMMAND = MAC_BUSY | command | index;
  for (int i = 0; (i < POLLS_MAX) && (MAC_COMMAND & MAC_BUSY); i++)
    ;
  return MAC_DATA;
}

static void macSet(uint32_t index, uint32_t value)
{
  MAC_DATA = value;
  macGet(index, 0);
}

int ethernetStart(uint8_t address[6])
{
  uint32_t parts[2];
  if (ORDER != ORDER_VALUE)
    return 0;
  HARDWARE = HARDWARE_RESET;
  for (int i = 0; (i < POLLS_MAX) && (HARDWARE & HARDWARE_RESET); i++)
    ;
  HARDWARE = HARDWARE_SETUP;
  parts[0] = macGet(MAC_LOW, MAC_READ);
  parts[1] = macGet(MAC_HIGH, MAC_READ);
  memcpy(address, parts, 6);
  RECEIVE_SETUP = SHIFT << 8;
  SEND_SETUP = SEND_ON;
  macSet(MAC_CONTROL, MAC_BOTH_WAYS);
  return 1;
}

int ethernetIsLinked(void)
{
  macSet(MII_COMMAND, PHY_STATUS);
  return (macGet(MII_DATA, MAC_READ) & PHY_LINKED) != 0;
}

int ethernetOffer(uint8_t* buffer)
{
  if (count == ETHERNET_BUFFERS)
    return 0;
  buffers[count++] = buffer;
  return 1;
}

/* A frame for which there is no buffer waits in the device. */
uint8_t* ethernetTake(uint32_t* from, uint32_t* length)
{
  uint32_t status, bytes;
  uint32_t* to;
  if (!count || !(RECEIVE_FILL & FRAMES))
    return NULL;
  status = RECEIVE_STATUS;
  bytes = FRAME_LENGTH(status);
  to = (uint32_t*)buffers[--count];
  for (uint32_t at = 0; at < SHIFT + bytes; at += 4) {
    uint32_t word = RECEIVED;
    if (at + 4 <= ETHERNET_BUFFER_BYTES)
      to[at / 4] = word;
  }
  *from = SHIFT;
  *length =
      (status & FRAME_ERROR) || (bytes <= CRC_BYTES) || (bytes - CRC_BYTES > ETHERNET_FRAME_MAX)
      ? 0
      : bytes - CRC_BYTES;
  return (uint8_t*)to;
}

uint8_t* ethernetRoom(void)
{
  while (SEND_ROOM & FRAMES)
    (void)SEND_STATUS;
  return (SEND_ROOM & ROOM) < ETHERNET_FRAME_MAX + FRAME_OVERHEAD ? NULL : (uint8_t*)frame;
}

void ethernetSend(uint32_t length)
{
  TO_SEND = FRAME_WHOLE | length;
  TO_SEND = length;
  for (uint32_t at = 0; at < length; at += 4)
    TO_SEND = frame[at / 4];
}
