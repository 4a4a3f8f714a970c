/* The recovery prompt. XMODEM with CRC, in blocks of 128 or 1024 bytes, as any terminal program
 * sends it. */
#include "recovery.h"
#include "images.h"
#include "machine.h"
#include "map.h"
#include "nor.h"
#include <stdio.h>
#include <string.h>

enum { SOH = 0x01, STX = 0x02, EOT = 0x04, ACK = 0x06, NAK = 0x15, CAN = 0x18 };
#define BLOCK_MAX 1024
#define ASK_MS 1000
#define BYTE_MS 1000
#define ASKS_MAX 60
#define ERRORS_MAX 16

static uint8_t block[BLOCK_MAX];

static void send(char byte)
{
  consolePut((char[]){ byte, 0 });
}

/* A byte, or -1 when none came in time. */
static int receive(uint32_t timeoutMs)
{
  uint64_t end = clockMs() + timeoutMs;
  int byte;
  do
    byte = consoleGet();
  while ((byte < 0) && (clockMs() < end));
  return byte;
}

static uint16_t crc16(const uint8_t* bytes, uint32_t length)
{
  uint16_t crc = 0;
  while (length--) {
    crc = (uint16_t)(crc ^ *bytes++ << 8);
    for (int bit = 0; bit < 8; bit++)
      crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
  }
  return crc;
}

/* The rest of a block after its first byte: its number, or -1 when it is damaged. */
static int receiveBlock(uint32_t length)
{
  int number = receive(BYTE_MS), inverse = receive(BYTE_MS), high, low;
  for (uint32_t i = 0; i < length; i++) {
    int byte = receive(BYTE_MS);
    if (byte < 0)
      return -1;
    block[i] = (uint8_t)byte;
  }
  high = receive(BYTE_MS);
  low = receive(BYTE_MS);
  if ((number < 0) || (inverse != (~number & 0xFF)) || (low < 0)
      || ((high << 8 | low) != crc16(block, length)))
    return -1;
  return number;
}

static int store(const NorPartition* slot, uint32_t offset, uint32_t length)
{
  if ((offset > SLOT_BYTES) || (length > SLOT_BYTES - offset))
    return 0;
  if (!(offset % FLASH_SECTOR) && (norErase(slot, offset / FLASH_SECTOR) != NOR_DONE))
    return 0;
  return norWrite(slot, offset, block, length) == NOR_DONE;
}

/* NULL when all blocks are in the slot. */
static const char* receiveImage(const NorPartition* slot)
{
  uint32_t offset = 0, length;
  int next = 1, errors = 0, asks = 0;
  for (;;) {
    int first = receive(ASK_MS), number;
    if (first < 0) {
      if (++asks > ASKS_MAX)
        return "nothing came";
      send(offset ? NAK : 'C');
      continue;
    }
    if (first == EOT) {
      send(ACK);
      return offset ? NULL : "nothing came";
    }
    if (first == CAN)
      return "the sender gave up";
    if ((first != SOH) && (first != STX))
      continue;
    length = first == STX ? BLOCK_MAX : 128;
    number = receiveBlock(length);
    if (number == (next & 0xFF)) {
      if (!store(slot, offset, length)) {
        send(CAN);
        send(CAN);
        return "the slot cannot take it";
      }
      offset += length;
      next++;
    } else if (number
        != ((next - 1) & 0xFF)) { /* the block before comes again when its ACK was lost */
      if (++errors > ERRORS_MAX) {
        send(CAN);
        send(CAN);
        return "too many errors";
      }
      send(NAK);
      continue;
    }
    send(ACK);
  }
}

static void take(int slot)
{
  BootImage image;
  const char* problem;
  printf("recovery: send the image with XMODEM\n");
  problem = receiveImage(&norPartitions[slot ? NOR_SLOT_B : NOR_SLOT_A]);
  if (!problem)
    problem = imagesCheck(&image, slot, slot);
  printf("\n");
  if (problem) {
    consoleLog('E', "recovery", "%s", problem);
    return;
  }
  consoleLog('I', "recovery", "version %s is in slot %c", image.version, 'A' + slot);
  resetNow(RESET_POWER);
}

void recover(int slot)
{
  for (;;) {
    int key;
    printf("recovery: x receives an image for slot %c, r restarts\n> ", 'A' + slot);
    do
      key = consoleGet();
    while ((key != 'x') && (key != 'r'));
    printf("%c\n", key);
    if (key == 'r')
      resetNow(RESET_POWER);
    take(slot);
  }
}
