/* The selector as WebAssembly: flash, slots and cryptography are functions of JavaScript. An
   exception that one of them throws, as power that fails, ends the call; then JavaScript sets the
   stack back. Nothing but the keys is kept between two calls. */
#include "../selector.h"
#include <stddef.h>
#include <string.h>

#define IMPORT(name) __attribute__((import_module("board"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

IMPORT(read) int boardRead(uint32_t offset, void* bytes, uint32_t length);
IMPORT(write) int boardWrite(uint32_t offset, const void* bytes, uint32_t length);
IMPORT(erase) int boardErase(uint32_t block);
/* Copies a slot to `place`, which is grown to hold it: how many bytes. */
IMPORT(slot) uint32_t boardSlot(int slot, uint8_t* place);
IMPORT(refused) void boardRefused(int slot, const char* why);
IMPORT(sha256) void boardSha256(const void* bytes, uint32_t length, uint8_t* digest);
IMPORT(ed25519)
int boardEd25519(
    const uint8_t* key, const void* message, uint32_t length, const uint8_t* signature);
IMPORT(p256)
int boardP256(const uint8_t* key, const uint8_t* digest, const uint8_t* signature, uint32_t length);

/* Where the linker lets free memory begin. */
extern uint8_t __heap_base;

static BootKey keys[BOOT_KEYS_MAX];
static int keyCount;
static const char* problem;

void* memcpy(void* to, const void* from, size_t length)
{
  uint8_t* p = to;
  const uint8_t* q = from;
  while (length--)
    *p++ = *q++;
  return to;
}

void* memset(void* to, int byte, size_t length)
{
  uint8_t* p = to;
  while (length--)
    *p++ = (uint8_t)byte;
  return to;
}

int memcmp(const void* a, const void* b, size_t length)
{
  const uint8_t *p = a, *q = b;
  for (; length; length--, p++, q++)
    if (*p != *q)
      return *p - *q;
  return 0;
}

void bootSha256(const void* bytes, uint32_t length, uint8_t digest[32])
{
  boardSha256(bytes, length, digest);
}

int bootEd25519(
    const uint8_t key[32], const void* message, uint32_t length, const uint8_t signature[64])
{
  return boardEd25519(key, message, length, signature);
}

int bootP256(const uint8_t key[BOOT_POINT_BYTES], const uint8_t digest[32],
    const uint8_t* signature, uint32_t length)
{
  return boardP256(key, digest, signature, length);
}

static int readLog(const Partition* partition, uint32_t offset, void* bytes, uint32_t length)
{
  (void)partition;
  return boardRead(offset, bytes, length);
}

static int writeLog(const Partition* partition, uint32_t offset, const void* bytes, uint32_t length)
{
  (void)partition;
  return boardWrite(offset, bytes, length);
}

static int eraseLog(const Partition* partition, uint32_t block)
{
  (void)partition;
  return boardErase(block);
}

static const uint8_t* slotBytes(const BootBoard* board, int slot, uint32_t* room)
{
  (void)board;
  *room = boardSlot(slot, &__heap_base);
  return &__heap_base;
}

static const char* checkPayload(const BootBoard* board, const BootImage* image)
{
  (void)board;
  (void)image;
  return NULL;
}

static void refused(const BootBoard* board, int slot, const char* why)
{
  (void)board;
  boardRefused(slot, why);
}

static Partition partitionOf(uint32_t blockLength, uint32_t writeAlign)
{
  return (Partition){ BOOT_BLOCKS, blockLength, writeAlign, readLog, writeLog, eraseLog };
}

static BootBoard boardOf(const Partition* log)
{
  return (BootBoard){ log, keys, keyCount, slotBytes, checkPayload, refused };
}

/* Takes `length` bytes of keys from the start of the free memory. 0: they are no keys. */
EXPORT(setKeys) int setKeys(uint32_t length)
{
  keyCount = selectorKeys(keys, &__heap_base, length);
  return keyCount >= 0;
}

EXPORT(freeMemory) uint8_t* freeMemory(void)
{
  return &__heap_base;
}

EXPORT(select) uint32_t selectSlot(uint32_t blockLength, uint32_t writeAlign, uint32_t cause)
{
  Partition log = partitionOf(blockLength, writeAlign);
  BootBoard board = boardOf(&log);
  return selectorSelect(&board, (uint8_t)cause);
}

EXPORT(arm) uint32_t armSlot(uint32_t blockLength, uint32_t writeAlign, uint32_t told)
{
  Partition log = partitionOf(blockLength, writeAlign);
  BootBoard board = boardOf(&log);
  SelectorResult result = selectorArm(&board, told);
  problem = result.problem;
  return result.told;
}

EXPORT(confirm) uint32_t confirmSlot(uint32_t blockLength, uint32_t writeAlign, uint32_t told)
{
  Partition log = partitionOf(blockLength, writeAlign);
  BootBoard board = boardOf(&log);
  SelectorResult result = selectorConfirm(&board, told);
  problem = result.problem;
  return result.told;
}

/* Why the last arm or confirm failed, or NULL. */
EXPORT(problem) const char* problemOf(void)
{
  return problem;
}

EXPORT(pauseMinutes) uint32_t pauseMinutes(uint32_t failures)
{
  return bootPauseMinutes((uint8_t)failures);
}
