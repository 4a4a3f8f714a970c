/* See partitions.h. */
#include "partitions.h"
#include "board.h"
#include "chip.h"
#include "handoff.h"
#include "layout.h"
#include "machine.h"
#include <string.h>

/* A log uses the first blockLength bytes of each `stride` of flash; slots use all of them. */
typedef struct {
  Partition partition; /* first, so that a Partition of this board is one of these */
  uint32_t start; /* offset in the flash */
  uint32_t stride; /* whole sectors, which an erase of a block erases */
} BarePartition;

static int readPart(const Partition* self, uint32_t offset, void* bytes, uint32_t length);
static int writePart(const Partition* self, uint32_t offset, const void* bytes, uint32_t length);
static int erasePart(const Partition* self, uint32_t block);

#define PARTITION(blocks, length, start, stride)                                                   \
  {                                                                                                \
    { blocks, length, FLASH_ALIGN, readPart, writePart, erasePart }, start, stride                 \
  }

static const BarePartition partitions[PARTITIONS] = {
  [PARTITION_BOOT_LOG] = PARTITION(2, BOOT_LOG_BLOCK, FLASH_BOOT_LOG, BOOT_LOG_STRIDE),
  [PARTITION_STORE] = PARTITION(STORE_BLOCKS, STORE_BLOCK, FLASH_STORE, STORE_STRIDE),
  [PARTITION_SLOT_A] = PARTITION(SLOT_BLOCKS, SLOT_BLOCK, FLASH_SLOT_A, SLOT_BLOCK),
  [PARTITION_SLOT_B] = PARTITION(SLOT_BLOCKS, SLOT_BLOCK, FLASH_SLOT_B, SLOT_BLOCK),
};

static uint32_t operations;

uint32_t partitionOperations(void)
{
  return operations;
}

const Partition* partitionOf(PartitionName name)
{
  return &partitions[name].partition;
}

/* Power cuts */

static uint32_t planned(uint32_t bits)
{
  return handoff()->plan & bits;
}

static CutMode cutMode(void)
{
  return (CutMode)(planned(PLAN_MODE) >> PLAN_MODE_SHIFT);
}

static int isPlanned(uint32_t kind, uint32_t offset, uint32_t length)
{
  if (!planned(PLAN_PROGRAM_AT | PLAN_ERASE_AT))
    return handoff()->cutLeft && !--handoff()->cutLeft;
  return planned(kind) && (planned(PLAN_NUMBER) - offset < length);
}

/* Counts an operation. True when the power goes at this one. */
static int isCut(uint32_t kind, uint32_t offset, uint32_t length)
{
  int isLast;
  operations++;
  if (!handoff()->plan)
    return 0;
  isLast = (cutMode() != CUT_NEVER) && isPlanned(kind, offset, length);
  if (isLast || (cutMode() == CUT_NEVER))
    boardLog('D', "flash", "%s of %u bytes at %06x%s", kind == PLAN_ERASE_AT ? "erase" : "program",
        (unsigned)length, (unsigned)offset, isLast ? ", power is cut" : "");
  return isLast;
}

static void cutProgram(uint32_t offset, const uint32_t* words, uint32_t length)
{
  CutMode mode = cutMode();
  uint32_t done = mode == CUT_BEFORE ? 0 : mode == CUT_AFTER ? length : length / 8 * 4;
  if (done)
    chipProgram(offset, words, done);
  machineOff(CUT_STATUS);
}

/* A part programs all bytes to 0 before it erases them: a torn erase has come halfway with that. */
static void cutErase(uint32_t offset, uint32_t length)
{
  static const uint32_t zeros[64];
  CutMode mode = cutMode();
  if (mode == CUT_AFTER)
    chipErase(offset);
  for (uint32_t at = 0; (mode == CUT_TORN) && (at < length / 2); at += sizeof(zeros))
    chipProgram(offset + at, zeros, sizeof(zeros));
  machineOff(CUT_STATUS);
}

/* Partitions */

static uint32_t offsetOf(const BarePartition* self, uint32_t offset)
{
  uint32_t blockLength = self->partition.blockLength;
  return self->start + offset / blockLength * self->stride + offset % blockLength;
}

static const uint8_t* at(const BarePartition* self, uint32_t offset)
{
  return (const uint8_t*)FLASH_BASE + offsetOf(self, offset);
}

const uint8_t* partitionAt(PartitionName name, uint32_t offset)
{
  return at(&partitions[name], offset);
}

/* How many of `length` bytes from `offset` on are in one block of `size` bytes. */
static uint32_t partOf(uint32_t offset, uint32_t length, uint32_t size)
{
  uint32_t room = size - offset % size;
  return length < room ? length : room;
}

static int readPart(const Partition* partition, uint32_t offset, void* bytes, uint32_t length)
{
  const BarePartition* self = (const BarePartition*)partition;
  for (uint8_t* to = bytes; length;) {
    uint32_t part = partOf(offset, length, partition->blockLength);
    memcpy(to, at(self, offset), part);
    to += part;
    offset += part;
    length -= part;
  }
  return 1;
}

/* Emulators let a program set bits that are clear; a chip does not. A byte is programmed once an
 * erase, so each must read as erased. */
static int isErased(const uint8_t* bytes, uint32_t length)
{
  const uint32_t* word = (const uint32_t*)bytes;
  const uint32_t* end = (const uint32_t*)(bytes + length);
  while ((end - word >= 4) && ((word[0] & word[1] & word[2] & word[3]) == UINT32_MAX))
    word += 4;
  while ((word < end) && (*word == UINT32_MAX))
    word++;
  return word == end;
}

static int isErasedAll(const BarePartition* self, uint32_t offset, uint32_t length)
{
  while (length) {
    uint32_t part = partOf(offset, length, self->partition.blockLength);
    if (!isErased(at(self, offset), part))
      return 0;
    offset += part;
    length -= part;
  }
  return 1;
}

/* The bytes as words: where they lie, or put in `room`. */
static const uint32_t* aligned(const uint8_t* bytes, uint32_t length, uint32_t* room)
{
  return (uint32_t)bytes % 4 ? memcpy(room, bytes, length) : (const uint32_t*)bytes;
}

static int writePart(
    const Partition* partition, uint32_t offset, const void* bytes, uint32_t length)
{
  const BarePartition* self = (const BarePartition*)partition;
  uint32_t room[PROGRAM_BYTES / 4];
  if (!isErasedAll(self, offset, length))
    return 0;
  for (const uint8_t* from = bytes; length;) {
    uint32_t part = partOf(offset, length, PROGRAM_BYTES), chip = offsetOf(self, offset);
    const uint32_t* words = aligned(from, part, room);
    if (isCut(PLAN_PROGRAM_AT, chip, part))
      cutProgram(chip, words, part);
    if (!chipProgram(chip, words, part) || memcmp(at(self, offset), words, part))
      return 0;
    from += part;
    offset += part;
    length -= part;
  }
  return 1;
}

/* A block may be made of several sectors of different lengths. */
static int erasePart(const Partition* partition, uint32_t block)
{
  const BarePartition* self = (const BarePartition*)partition;
  uint32_t start = self->start + block * self->stride;
  for (uint32_t chip = start; chip < start + self->stride; chip += SECTOR_AT(chip)) {
    if (isCut(PLAN_ERASE_AT, chip, SECTOR_AT(chip)))
      cutErase(chip, SECTOR_AT(chip));
    if (!chipErase(chip))
      return 0;
  }
  return isErased(at(self, block * partition->blockLength), partition->blockLength);
}
