/* Flash in a file. Every change is a pwrite or a truncation, in an order that leaves no byte 0 that
 * was never programmed. */
#define _GNU_SOURCE
#include "file.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART 4096
#define CAPACITY_MAX 0x40000000u
#define FILES_MAX 8

static FlashCount counts[FILES_MAX];
static uint32_t cutLeft;
static CutMode cutMode;
/* flashFileLog */
static int tellTo;

void flashFileCut(uint32_t operation, CutMode mode)
{
  cutLeft = operation;
  cutMode = mode;
}

uint32_t flashFileCutLeft(void)
{
  return cutLeft;
}

static void powerOff(void)
{
  kill(getpid(), SIGKILL);
  for (;;)
    pause();
}

/* Counts an operation; gives how many of its bytes may be done before the power goes, `length`
 * without a cut. */
static uint32_t countOperation(uint32_t length, int* last)
{
  *last = cutLeft && !--cutLeft;
  if (!*last || (cutMode == CUT_AFTER))
    return length;
  return cutMode == CUT_TORN ? length / 2 : 0;
}

/* Files past the last share its counts. */
static FlashCount* countOf(const char* path)
{
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  int i = 0;
  while ((i < FILES_MAX - 1) && counts[i].name[0]
      && strncmp(counts[i].name, name, sizeof(counts[i].name) - 1))
    i++;
  strncpy(counts[i].name, name, sizeof(counts[i].name) - 1);
  return &counts[i];
}

const FlashCount* flashFileCount(int index)
{
  return (index < FILES_MAX) && counts[index].name[0] ? &counts[index] : NULL;
}

/* "write slot-b.flash 4096 512", "erase store.flash 4096 4096 torn": offset and length, in bytes.
 */
static void tell(
    const FlashFile* flash, const char* what, uint32_t offset, uint32_t length, uint32_t done)
{
  if (tellTo)
    dprintf(tellTo, "%s %s %u %u%s\n", what, flash->count->name, offset, length,
        done < length ? " torn" : "");
}

/* A number whose descriptor nobody has handed on may be that of a file by now, even of flash. */
static void findLog(void)
{
  const char* told = getenv("XS_FUMO_FLASH_LOG");
  int number = told ? atoi(told) : 0;
  struct stat info;
  tellTo = (number > STDERR_FILENO) && !fstat(number, &info)
          && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode))
      ? number
      : 0;
}

int flashFileLog(void)
{
  return tellTo;
}

static int fits(const Partition* partition, uint32_t offset, uint32_t length)
{
  uint32_t capacity = partition->blocks * partition->blockLength;
  return (offset <= capacity) && (length <= capacity - offset);
}

static int readFile(const Partition* partition, uint32_t offset, void* bytes, uint32_t length)
{
  const FlashFile* flash = (const FlashFile*)partition;
  uint8_t* to = bytes;
  if (!fits(partition, offset, length))
    return 0;
  while (length) {
    ssize_t count = pread(flash->file, to, length, offset);
    if (count < 0)
      return 0;
    if (!count) {
      memset(to, 0xFF, length);
      break;
    }
    to += count;
    offset += (uint32_t)count;
    length -= (uint32_t)count;
  }
  return 1;
}

static int put(const FlashFile* flash, uint32_t offset, const void* bytes, uint32_t length)
{
  const uint8_t* from = bytes;
  while (length) {
    ssize_t count = pwrite(flash->file, from, length, offset);
    if (count <= 0)
      return 0;
    from += count;
    offset += (uint32_t)count;
    length -= (uint32_t)count;
  }
  return 1;
}

static int fillErased(const FlashFile* flash, uint32_t from, uint32_t to)
{
  uint8_t erased[PART];
  memset(erased, 0xFF, sizeof(erased));
  while (from < to) {
    uint32_t length = to - from < PART ? to - from : PART;
    if (!put(flash, from, erased, length))
      return 0;
    from += length;
  }
  return 1;
}

static int endOf(const FlashFile* flash, uint32_t* end)
{
  struct stat info;
  if (fstat(flash->file, &info))
    return 0;
  *end = info.st_size < CAPACITY_MAX ? (uint32_t)info.st_size : CAPACITY_MAX;
  return 1;
}

/* A byte that was programmed with 0xFF cannot be told from an erased one: a lenience of NOR flash,
 * too. */
static int isErased(const Partition* partition, uint32_t offset, uint32_t length)
{
  uint8_t old[PART];
  while (length) {
    uint32_t part = length < PART ? length : PART;
    if (!readFile(partition, offset, old, part))
      return 0;
    for (uint32_t i = 0; i < part; i++)
      if (old[i] != 0xFF)
        return 0;
    offset += part;
    length -= part;
  }
  return 1;
}

static int writeFile(
    const Partition* partition, uint32_t offset, const void* bytes, uint32_t length)
{
  const FlashFile* flash = (const FlashFile*)partition;
  uint32_t end, done;
  int last;
  if ((offset % partition->writeAlign) || (length % partition->writeAlign)
      || !fits(partition, offset, length))
    return 0;
  if (!isErased(partition, offset, length) || !endOf(flash, &end))
    return 0;
  flash->count->writes++;
  flash->count->writtenBytes += length;
  done = countOperation(length, &last);
  if (((end < offset) && !fillErased(flash, end, offset)) || !put(flash, offset, bytes, done))
    return 0;
  tell(flash, "write", offset, length, done);
  if (last)
    powerOff();
  return 1;
}

static int eraseFile(const Partition* partition, uint32_t block)
{
  const FlashFile* flash = (const FlashFile*)partition;
  uint32_t from = block * partition->blockLength, to, end;
  int last;
  if ((block >= partition->blocks) || !endOf(flash, &end))
    return 0;
  flash->count->erases++;
  to = from + countOperation(partition->blockLength, &last);
  if ((end <= to) && (end > from) ? ftruncate(flash->file, from) != 0
                                  : (end > to) && !fillErased(flash, from, to))
    return 0;
  tell(flash, "erase", from, partition->blockLength, to - from);
  if (last)
    powerOff();
  return 1;
}

int flashFileOpen(
    FlashFile* flash, const char* path, uint32_t blockLength, uint32_t blocks, uint32_t writeAlign)
{
  findLog();
  if (!blocks || (blockLength < 256) || (blocks > CAPACITY_MAX / blockLength))
    return 0;
  if (!writeAlign || (writeAlign > 256) || (writeAlign & (writeAlign - 1))
      || (blockLength % writeAlign))
    return 0;
  *flash = (FlashFile){ { blocks, blockLength, writeAlign, readFile, writeFile, eraseFile },
    open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644), countOf(path) };
  return flash->file >= 0;
}
