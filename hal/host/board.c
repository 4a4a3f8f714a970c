/* Power-on: keys, boot log, slots, selection. */
#define _GNU_SOURCE
#include "board.h"
#include "file.h"
#include "reset.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BOOT_BLOCK_BYTES 4096
#define BOOT_ALIGN 16
#define KEYS_BYTES_MAX 512

static const char* const SLOT_FILES[2] = { "slot-a.flash", "slot-b.flash" };

/* The one board of this process. */
static struct {
  int on;
  char directory[PATH_BYTES_MAX];
  const HostEngine* engine;
  FlashFile file;
  Partition partition;
  BootLog log;
  BootKey keys[BOOT_KEYS_MAX];
  int keyCount;
  HostBoard board;
} host;

double hostNow(void)
{
  static struct timespec start;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!start.tv_sec)
    start = now;
  return (double)(now.tv_sec - start.tv_sec) * 1000
      + (double)((now.tv_nsec - start.tv_nsec) / 1000000);
}

void hostLog(char level, const char* source, const char* format, ...)
{
  va_list parts;
  va_start(parts, format);
  printf("[%8.3f] %c %s: ", hostNow() / 1000, level, source);
  vprintf(format, parts);
  printf("\n");
  fflush(stdout);
  va_end(parts);
}

int hostPath(char path[PATH_BYTES_MAX], const char* name)
{
  return snprintf(path, PATH_BYTES_MAX, "%s/%s", host.directory, name) < PATH_BYTES_MAX;
}

static int readLog(const Partition* partition, uint32_t offset, void* bytes, uint32_t length)
{
  (void)partition;
  return flashFileRead(&host.file, offset, bytes, length) == FLASH_DONE;
}

static int writeLog(const Partition* partition, uint32_t offset, const void* bytes, uint32_t length)
{
  (void)partition;
  return flashFileWrite(&host.file, offset, bytes, length) == FLASH_DONE;
}

static int eraseLog(const Partition* partition, uint32_t block)
{
  (void)partition;
  return flashFileErase(&host.file, block) == FLASH_DONE;
}

static const char* openLog(void)
{
  char path[PATH_BYTES_MAX];
  if (!hostPath(path, "boot.flash")
      || !flashFileOpen(&host.file, path, BOOT_BLOCK_BYTES, BOOT_BLOCKS, BOOT_ALIGN))
    return "cannot open boot.flash";
  host.partition =
      (Partition){ BOOT_BLOCKS, BOOT_BLOCK_BYTES, BOOT_ALIGN, readLog, writeLog, eraseLog };
  return bootLogOpen(&host.log, &host.partition) ? NULL : "cannot read boot.flash";
}

/* The file holds one key after the other, as bootKey takes them. */
static const char* readKeys(void)
{
  char path[PATH_BYTES_MAX];
  uint8_t der[KEYS_BYTES_MAX];
  FILE* file = hostPath(path, "keys") ? fopen(path, "rbe") : NULL;
  uint32_t length, taken = 1;
  if (!file)
    return "cannot read keys";
  length = (uint32_t)fread(der, 1, sizeof(der), file);
  fclose(file);
  host.keyCount = 0;
  for (uint32_t at = 0; taken && (at < length); at += taken)
    taken = host.keyCount == BOOT_KEYS_MAX
        ? 0
        : bootKey(&host.keys[host.keyCount++], der + at, length - at);
  return taken ? NULL : "keys: not one to four public keys in DER, Ed25519 or P-256";
}

/* A slot in memory. Read-only: the engine would crash if it wrote to the code. */
typedef struct {
  void* bytes;
  size_t length;
  BootImage image;
} Slot;

static const char* mapSlot(Slot* slot, int number)
{
  char path[PATH_BYTES_MAX];
  struct stat info = { 0 };
  int file = hostPath(path, SLOT_FILES[number]) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  slot->bytes = MAP_FAILED;
  if ((file >= 0) && !fstat(file, &info) && info.st_size && (info.st_size <= INT32_MAX)) {
    slot->length = (size_t)info.st_size;
    slot->bytes = mmap(NULL, slot->length, PROT_READ, MAP_SHARED, file, 0);
  }
  if (file >= 0)
    close(file);
  return slot->bytes == MAP_FAILED ? "empty" : NULL;
}

/* Maps a slot and checks the image in it; `confirmed` as for bootImageCheck. It stays mapped when
 * it is good. */
static const char* openImage(Slot* slot, int number, uint32_t confirmed)
{
  const char* problem = mapSlot(slot, number);
  if (problem)
    return problem;
  problem = bootImageCheck(
      &slot->image, slot->bytes, (uint32_t)slot->length, host.keys, host.keyCount, confirmed);
  if (!problem && host.engine)
    problem = host.engine->check(slot->image.payload, slot->image.payloadLength);
  if (problem)
    munmap(slot->bytes, slot->length);
  return problem;
}

/* The security counter of the image in the slot that is selected, where `slot` is the other one and
 * a key is revoked by it. */
static uint32_t confirmedCounter(int slot)
{
  Slot selected;
  uint32_t counter = 0;
  if ((slot == host.log.state.slot) || !bootRevokes(host.keys, host.keyCount)
      || openImage(&selected, host.log.state.slot, 0))
    return 0;
  counter = selected.image.counter;
  munmap(selected.bytes, selected.length);
  return counter;
}

static int isUsable(int slot)
{
  Slot opened;
  const char* problem = openImage(&opened, slot, confirmedCounter(slot));
  if (problem)
    hostLog('E', "boot", "slot %c cannot be booted: %s", 'A' + slot, problem);
  else
    host.board.image = opened.image;
  return !problem;
}

static void logChoice(const BootChoice* choice)
{
  static const char* const causes[] = { "power", "restart", "watchdog", "panic", "unknown" };
  static const char* const decisions[] = { "", ", on trial", ", the trial was not confirmed",
    ", the armed image is bad", ", the selected image is bad" };
  if (choice->decision == BOOT_NOTHING)
    hostLog('E', "boot", "no slot can be booted");
  else if (choice->decision == BOOT_HELD)
    hostLog('E', "boot", "%d failures in a row: the board stops", BOOT_FAILURES_MAX);
  else
    hostLog('I', "boot", "slot %c, version %s, cause %s%s", 'A' + choice->slot,
        host.board.image.version, causes[choice->cause], decisions[choice->decision]);
}

const char* hostPowerOn(const char* directory, ResetCause cause, const HostEngine* engine)
{
  const char* problem;
  if (strlen(directory) >= sizeof(host.directory))
    return "the path of the state directory is too long";
  strcpy(host.directory, directory);
  host.engine = engine;
  problem = readKeys();
  if (!problem)
    problem = openLog();
  if (problem)
    return problem;
  host.board.choice = bootSelect(&host.log, cause, isUsable);
  logChoice(&host.board.choice);
  host.on = 1;
  return NULL;
}

HostBoard* hostBoard(void)
{
  const char* directory = getenv("XS_FUMO_STATE");
  const char* problem = NULL;
  if (!host.on)
    problem =
        directory ? hostPowerOn(directory, resetStart(), NULL) : "XS_FUMO_STATE names no directory";
  if (problem)
    hostLog('E', "boot", "%s", problem);
  return problem ? NULL : &host.board;
}

const char* hostArm(void)
{
  HostBoard* board = hostBoard();
  Slot other;
  const char* problem = board
      ? openImage(&other, !board->choice.slot, confirmedCounter(!board->choice.slot))
      : "no board";
  if (problem)
    return problem;
  munmap(other.bytes, other.length);
  if (bootArm(&host.log, &board->choice))
    return NULL;
  return board->choice.trial ? "the running image is on trial" : "the boot log cannot be written";
}

const char* hostConfirm(void)
{
  HostBoard* board = hostBoard();
  if (!board)
    return "no board";
  return bootConfirm(&host.log, &board->choice) ? NULL : "the boot log cannot be written";
}

static void report(void)
{
  const FlashCount* count;
  for (int i = 0; (count = flashFileCount(i)); i++)
    hostLog('I', "flash", "%s: %u writes of %llu bytes, %u erases", count->name,
        (unsigned)count->writes, (unsigned long long)count->writtenBytes, (unsigned)count->erases);
  if (host.engine)
    host.engine->report();
  fflush(stdout);
}

void hostRestart(void)
{
  report();
  resetNow(RESET_RESTART);
}

void hostExit(int status)
{
  report();
  _exit(status);
}
