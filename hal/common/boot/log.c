/* The boot log; log.h says what lies where. */
#include "log.h"
#include <string.h>

#define ALIGN_MAX 256
#define ATTEMPTS_MAX 4

uint32_t bootCrc(const void* bytes, uint32_t length)
{
  const uint8_t* p = bytes;
  uint32_t crc = 0xFFFFFFFFu;
  while (length--) {
    crc ^= *p++;
    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
  }
  return ~crc;
}

static uint32_t get32(const uint8_t* p)
{
  return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(uint8_t* p, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    p[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t entryLength(const Partition* partition)
{
  return partition->writeAlign > BOOT_ENTRY_BYTES ? partition->writeAlign : BOOT_ENTRY_BYTES;
}

static int isErased(const uint8_t* bytes, uint32_t length)
{
  while (length--)
    if (*bytes++ != 0xFF)
      return 0;
  return 1;
}

/* What no boot writes is not trusted, whatever its CRC says. */
static int isEntry(const uint8_t* bytes)
{
  return (get32(bytes) == BOOT_LOG_MAGIC) && (get32(bytes + 12) == bootCrc(bytes, 12))
      && get32(bytes + 4) && (bytes[8] <= 1) && (bytes[9] <= TRIAL_RUNNING)
      && (bytes[10] <= RESET_UNKNOWN);
}

/* How many places could be read. */
static int readBlock(BootLog* log, uint32_t block)
{
  const Partition* partition = log->partition;
  uint32_t length = entryLength(partition), next = 0, newest = 0;
  int readable = 0;
  uint8_t bytes[ALIGN_MAX];
  for (uint32_t at = 0; at + length <= partition->blockLength; at += length) {
    int read = partition->read(partition, block * partition->blockLength + at, bytes, length);
    readable += read;
    if (read && isErased(bytes, length))
      continue;
    next = at + length;
    if (!read || !isEntry(bytes))
      log->broken++;
    else if (get32(bytes + 4) >= log->sequence) {
      log->state = (BootState){ bytes[8], bytes[9], bytes[10], bytes[11] };
      log->sequence = get32(bytes + 4);
      newest = 1;
    }
  }
  if (newest) {
    log->block = block;
    log->next = next;
  }
  return readable;
}

int bootLogOpen(BootLog* log, const Partition* partition)
{
  *log = (BootLog){ .partition = partition, .next = partition->blockLength };
  if ((partition->blocks < BOOT_BLOCKS) || (partition->writeAlign > ALIGN_MAX))
    return 0;
  return readBlock(log, 0) + readBlock(log, 1) > 0;
}

/* Where the next entry goes; the other block is erased first when this one is full. */
static int makeRoom(BootLog* log, uint32_t* block, uint32_t* at)
{
  const Partition* partition = log->partition;
  *block = log->block;
  *at = log->next;
  if (*at + entryLength(partition) <= partition->blockLength)
    return 1;
  *block = BOOT_BLOCKS - 1 - log->block;
  *at = 0;
  return partition->erase(partition, *block);
}

int bootLogWrite(BootLog* log, BootState state)
{
  const Partition* partition = log->partition;
  uint32_t length = entryLength(partition);
  uint8_t entry[ALIGN_MAX], back[ALIGN_MAX];
  memset(entry, 0xFF, sizeof(entry));
  put32(entry, BOOT_LOG_MAGIC);
  put32(entry + 4, log->sequence + log->broken + 1);
  memcpy(entry + 8, (uint8_t[]){ state.slot, state.trial, state.cause, state.failures }, 4);
  put32(entry + 12, bootCrc(entry, 12));
  for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    uint32_t block, at;
    if (!makeRoom(log, &block, &at))
      continue;
    if (partition->write(partition, block * partition->blockLength + at, entry, length)
        && partition->read(partition, block * partition->blockLength + at, back, length)
        && !memcmp(entry, back, length)) {
      log->state = state;
      log->sequence += log->broken + 1;
      log->block = block;
      log->next = at + length;
      return 1;
    }
    if (block == log->block)
      log->next = at + length; /* a place that failed is not used again before it is erased */
  }
  return 0;
}
