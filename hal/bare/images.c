/* What the selector asks of this board: slots, keys, and payloads. */
#include "images.h"
#include "factory.h"
#include "firmware.h"
#include "layout.h"
#include "partitions.h"
#include <stddef.h>

static BootKey keys[BOOT_KEYS_MAX];

static int readKeys(void)
{
  uint32_t length;
  const uint8_t* spki = NULL;
  int count = 0;
  while ((count < BOOT_KEYS_MAX) && (spki = factoryFind(FACTORY_KEY, spki, &length)))
    if (bootKey(&keys[count], spki, length) == length)
      count++;
  return count;
}

static const uint8_t* slotBytes(const BootBoard* board, int slot, uint32_t* room)
{
  (void)board;
  *room = SLOT_BYTES;
  return partitionAt(slot ? PARTITION_SLOT_B : PARTITION_SLOT_A, 0);
}

/* The payload is one that was linked for this board, whole. */
static const char* checkPayload(const BootBoard* board, const BootImage* image)
{
  const FirmwareHead* head = (const FirmwareHead*)image->payload;
  (void)board;
  if (((uintptr_t)head % 4) || (image->payloadLength < sizeof(FirmwareHead))
      || (head->magic != FIRMWARE_MAGIC))
    return "no firmware";
  if (head->board != FIRMWARE_BOARD)
    return "firmware of another board";
  return (head->length > image->payloadLength) || (head->length > WINDOW_BYTES)
      ? "firmware of another size"
      : NULL;
}

const BootBoard* imagesBoard(void (*refused)(const BootBoard* board, int slot, const char* why))
{
  static BootBoard board = { .keys = keys, .slot = slotBytes, .check = checkPayload };
  board.log = partitionOf(PARTITION_BOOT_LOG);
  board.keyCount = readKeys();
  board.refused = refused;
  return &board;
}
