/* The NOR flash driver. A chip that executes a command gives no data, and the loader runs from the
   same chip: all that runs between a command and the return to reading is in RAM (section
   .ramtext), calls nothing, and is not interrupted. */
#include "nor.h"
#include "machine.h"
#include "map.h"
#include <string.h>

#define RAM_CODE                                                                                   \
  __attribute__((section(".ramtext"), noinline, optimize("no-tree-loop-distribute-patterns")))
#define CHIP(address) (*(volatile uint32_t*)(address))
/* Both chips get the command, each on its half of the bus. */
#define BOTH(command) ((uint32_t)(command)*0x00010001u)
#define READ_ARRAY BOTH(0xFF)
#define READ_STATUS BOTH(0x70)
#define CLEAR_STATUS BOTH(0x50)
#define ERASE BOTH(0x20)
#define CONFIRM BOTH(0xD0)
#define PROGRAM_BUFFER BOTH(0xE8)
#define READY BOTH(0x80)
#define FAILED BOTH(0x3A)
#define POLLS_MAX 10000000u

static int readPartition(const Partition* partition, uint32_t offset, void* bytes, uint32_t length);
static int writePartition(
    const Partition* partition, uint32_t offset, const void* bytes, uint32_t length);
static int erasePartition(const Partition* partition, uint32_t block);

#define PARTITION(blocks, length, start)                                                           \
  {                                                                                                \
    { blocks, length, FLASH_ALIGN, readPartition, writePartition, erasePartition }, start          \
  }

const NorPartition norPartitions[NOR_PARTITIONS] = {
  [NOR_BOOT_LOG] = PARTITION(2, BOOT_LOG_BLOCK, FLASH_BOOT_LOG),
  [NOR_STORE] = PARTITION(STORE_BLOCKS, STORE_BLOCK, FLASH_STORE),
  [NOR_SLOT_A] = PARTITION(SLOT_BLOCKS, FLASH_SECTOR, FLASH_SLOT_A),
  [NOR_SLOT_B] = PARTITION(SLOT_BLOCKS, FLASH_SECTOR, FLASH_SLOT_B),
};

static uint32_t operations;

uint32_t norOperations(void)
{
  return operations;
}

/* The chips */

static RAM_CODE int waitReady(uint32_t address)
{
  uint32_t status, polls = 0;
  CHIP(address) = READ_STATUS;
  do
    status = CHIP(address);
  while (((status & READY) != READY) && (++polls < POLLS_MAX));
  CHIP(address) = CLEAR_STATUS;
  CHIP(address) = READ_ARRAY;
  return ((status & READY) == READY) && !(status & FAILED);
}

/* All of it is in one block of NOR_PROGRAM_BYTES. */
static RAM_CODE int programBlock(uint32_t address, const uint32_t* words, uint32_t count)
{
  CHIP(address) = PROGRAM_BUFFER;
  CHIP(address) = BOTH(count - 1);
#pragma GCC unroll 4
  for (uint32_t i = 0; i < count; i++)
    CHIP(address + 4 * i) = words[i];
  CHIP(address) = CONFIRM;
  return waitReady(address);
}

static RAM_CODE int eraseSector(uint32_t address)
{
  CHIP(address) = ERASE;
  CHIP(address) = CONFIRM;
  return waitReady(address);
}

static uint32_t mask(void)
{
  uint32_t status;
  __asm volatile("csrrci %0, mstatus, 8" : "=r"(status));
  return status & 8;
}

static void unmask(uint32_t enabled)
{
  __asm volatile("csrs mstatus, %0" ::"r"(enabled));
}

static int program(uint32_t address, const uint32_t* words, uint32_t length)
{
  uint32_t enabled = mask();
  int done = !length || programBlock(address, words, length / 4);
  unmask(enabled);
  return done;
}

static int erase(uint32_t address)
{
  uint32_t enabled = mask();
  int done = eraseSector(address);
  unmask(enabled);
  return done;
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
static int isCut(uint32_t kind, uint32_t address, uint32_t length)
{
  uint32_t offset = address - FLASH_BASE;
  int isLast;
  operations++;
  if (!handoff()->plan)
    return 0;
  isLast = (cutMode() != CUT_NEVER) && isPlanned(kind, offset, length);
  if (isLast || (cutMode() == CUT_NEVER))
    consoleLog('D', "nor", "%s of %u bytes at %06x%s", kind == PLAN_ERASE_AT ? "erase" : "program",
        (unsigned)length, (unsigned)offset, isLast ? ", power is cut" : "");
  return isLast;
}

static void cutProgram(uint32_t address, const uint32_t* words, uint32_t length)
{
  CutMode mode = cutMode();
  program(address, words, mode == CUT_BEFORE ? 0 : mode == CUT_AFTER ? length : length / 8 * 4);
  resetOff(NOR_CUT_STATUS);
}

/* A chip programs all bytes to 0 before it erases them: a torn erase has come halfway with that. */
static void cutErase(uint32_t address)
{
  static const uint32_t zeros[64];
  CutMode mode = cutMode();
  if (mode == CUT_AFTER)
    erase(address);
  for (uint32_t at = 0; (mode == CUT_TORN) && (at < FLASH_SECTOR / 2); at += sizeof(zeros))
    program(address + at, zeros, sizeof(zeros));
  resetOff(NOR_CUT_STATUS);
}

/* Partitions */

static int fits(const NorPartition* self, uint32_t offset, uint32_t length)
{
  uint32_t capacity = self->partition.blocks * self->partition.blockLength;
  return (offset <= capacity) && (length <= capacity - offset);
}

const uint8_t* norAt(const NorPartition* self, uint32_t offset)
{
  uint32_t blockLength = self->partition.blockLength;
  return (const uint8_t*)(FLASH_BASE + self->start + offset / blockLength * FLASH_SECTOR
      + offset % blockLength);
}

/* How many of `length` bytes from `offset` on are in one block of `size` bytes. */
static uint32_t partOf(uint32_t offset, uint32_t length, uint32_t size)
{
  uint32_t room = size - offset % size;
  return length < room ? length : room;
}

NorResult norRead(const NorPartition* self, uint32_t offset, void* bytes, uint32_t length)
{
  if (!fits(self, offset, length))
    return NOR_BOUNDS;
  for (uint8_t* to = bytes; length;) {
    uint32_t part = partOf(offset, length, self->partition.blockLength);
    memcpy(to, norAt(self, offset), part);
    to += part;
    offset += part;
    length -= part;
  }
  return NOR_DONE;
}

/* QEMU lets a program set bits that are clear; the chip does not. A byte is programmed once an
 * erase, so each must read as erased. */
static int isErased(const uint8_t* at, uint32_t length)
{
  const uint32_t* word = (const uint32_t*)at;
  const uint32_t* end = (const uint32_t*)(at + length);
  while ((end - word >= 4) && ((word[0] & word[1] & word[2] & word[3]) == UINT32_MAX))
    word += 4;
  while ((word < end) && (*word == UINT32_MAX))
    word++;
  return word == end;
}

static int isErasedAll(const NorPartition* self, uint32_t offset, uint32_t length)
{
  while (length) {
    uint32_t part = partOf(offset, length, self->partition.blockLength);
    if (!isErased(norAt(self, offset), part))
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

NorResult norWrite(const NorPartition* self, uint32_t offset, const void* bytes, uint32_t length)
{
  uint32_t room[NOR_PROGRAM_BYTES / 4];
  if ((offset % FLASH_ALIGN) || (length % FLASH_ALIGN))
    return NOR_MISALIGNED;
  if (!fits(self, offset, length))
    return NOR_BOUNDS;
  if (!isErasedAll(self, offset, length))
    return NOR_DEVICE;
  for (const uint8_t* from = bytes; length;) {
    uint32_t part = partOf(offset, length, NOR_PROGRAM_BYTES);
    const uint32_t* words = aligned(from, part, room);
    const uint8_t* at = norAt(self, offset);
    if (isCut(PLAN_PROGRAM_AT, (uint32_t)at, part))
      cutProgram((uint32_t)at, words, part);
    if (!program((uint32_t)at, words, part) || memcmp(at, words, part))
      return NOR_DEVICE;
    from += part;
    offset += part;
    length -= part;
  }
  return NOR_DONE;
}

NorResult norErase(const NorPartition* self, uint32_t block)
{
  uint32_t address = (uint32_t)norAt(self, block * self->partition.blockLength);
  if (block >= self->partition.blocks)
    return NOR_BOUNDS;
  if (isCut(PLAN_ERASE_AT, address, FLASH_SECTOR))
    cutErase(address);
  return erase(address) && isErased((const uint8_t*)address, self->partition.blockLength)
      ? NOR_DONE
      : NOR_DEVICE;
}

/* As the boot code sees it */

static int readPartition(const Partition* partition, uint32_t offset, void* bytes, uint32_t length)
{
  return norRead((const NorPartition*)partition, offset, bytes, length) == NOR_DONE;
}

static int writePartition(
    const Partition* partition, uint32_t offset, const void* bytes, uint32_t length)
{
  return norWrite((const NorPartition*)partition, offset, bytes, length) == NOR_DONE;
}

static int erasePartition(const Partition* partition, uint32_t block)
{
  return norErase((const NorPartition*)partition, block) == NOR_DONE;
}
