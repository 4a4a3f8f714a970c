/* The recovery prompt. XMODEM with CRC, in blocks of 128 or 1024 bytes, as any terminal program
 * sends it. */
#include "recovery.h"
#include "board.h"
#include "images.h"
#include "layout.h"
#include "machine.h"
#include "partitions.h"
#include <stdio.h>
#include <string.h>

enum { SOH = 0x01, STX = 0x02, EOT = 0x04, ACK = 0x06, NAK = 0x15, CAN = 0x18 };
#define BLOCK_MAX 1024
#define ASK_MS 1000
#define BYTE_MS 1000
#define ASKS_MAX 60
#define ERRORS_MAX 16
#define MINUTE_MS 60000
#define WAKE_US 10000

static uint8_t block[BLOCK_MAX];

static void send(char byte)
{
  machinePut(byte);
}

/* A byte, or -1 when none came in time. */
static int receive(uint32_t timeoutMs)
{
  uint64_t end = machineMs() + timeoutMs;
  int byte;
  do
    byte = machineGet();
  while ((byte < 0) && (machineMs() < end));
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

/* Reads over what is left of a block that was damaged, so that the next one begins at its first
 * byte. */
static void readOver(void)
{
  while (receive(BYTE_MS) >= 0)
    ;
}

static int store(const Partition* slot, uint32_t offset, uint32_t length)
{
  if ((offset > SLOT_BYTES) || (length > SLOT_BYTES - offset))
    return 0;
  if (!(offset % SLOT_BLOCK) && !slot->erase(slot, offset / SLOT_BLOCK))
    return 0;
  return slot->write(slot, offset, block, length);
}

/* NULL when all blocks are in the slot. */
static const char* receiveImage(const Partition* slot)
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
      readOver();
      send(NAK);
      continue;
    }
    send(ACK);
  }
}

/* The image that was taken is not the one that crashed, and no power was lost. */
static void take(int slot)
{
  BootImage image;
  const char* problem;
  printf("recovery: send the image with XMODEM\n");
  problem = receiveImage(partitionOf(slot ? PARTITION_SLOT_B : PARTITION_SLOT_A));
  if (!problem)
    problem = bootCheck(imagesBoard(NULL), &image, slot, slot);
  printf("\n");
  if (problem) {
    boardLog('E', "recovery", "%s", problem);
    return;
  }
  boardLog('I', "recovery", "version %s is in slot %c", image.version, 'A' + slot);
  boardReset(RESET_RESTART);
}

/* `x`, `r`, or 0 when `end` (0: never) came before. Sleeping wakes the watchdog, which nobody feeds
 * while an image comes. */
static int ask(uint64_t end)
{
  int key;
  do {
    key = machineGet();
    if (key < 0)
      machineSleep(WAKE_US);
  } while ((key != 'x') && (key != 'r') && (!end || (machineMs() < end)));
  machineUnwatch();
  return (key == 'x') || (key == 'r') ? key : 0;
}

void recover(const BootChoice* choice)
{
  uint64_t pause = (uint64_t)bootPauseMinutes(choice->failures) * MINUTE_MS;
  int isHeld = choice->decision == BOOT_HELD, isTouched = 0, key;
  do {
    printf("recovery: x receives an image for slot %c, r %s\n> ", 'A' + choice->slot,
        isHeld ? "starts now" : "restarts");
    key = ask(isHeld ? machineMs() + pause : 0);
    printf("%c\n", key ? key : '-');
    if (key == 'x') {
      isTouched = 1;
      take(choice->slot);
    }
  } while (key == 'x');
  /* What an image that did not come whole has left in the slot is looked at like anything else. */
  if (!isHeld || isTouched)
    boardReset(choice->cause);
}
