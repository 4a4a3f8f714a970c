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

/* A slot in memory. Read-only: the engine would crash if it wrote to the code. */
typedef struct {
  const uint8_t* bytes; /* NULL while it is not mapped */
  size_t length;
} Slot;

/* The one board of this process. */
static struct {
  int on;
  char directory[PATH_BYTES_MAX];
  const HostEngine* engine;
  FlashFile file;
  BootKey keys[BOOT_KEYS_MAX];
  Slot slots[2];
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

static const Partition bootLog = { .blocks = BOOT_BLOCKS,
  .blockLength = BOOT_BLOCK_BYTES,
  .writeAlign = BOOT_ALIGN,
  .read = readLog,
  .write = writeLog,
  .erase = eraseLog };

static const char* openLog(void)
{
  char path[PATH_BYTES_MAX];
  BootLog log;
  if (!hostPath(path, "boot.flash")
      || !flashFileOpen(&host.file, path, BOOT_BLOCK_BYTES, BOOT_BLOCKS, BOOT_ALIGN))
    return "cannot open boot.flash";
  return bootLogOpen(&log, &bootLog) ? NULL : "cannot read boot.flash";
}

/* Maps the file of a slot as long as it is now; the slot that runs stays where it is. */
static const uint8_t* slotBytes(const BootBoard* board, int number, uint32_t* room)
{
  Slot* slot = &host.slots[number];
  int isRunning = host.on && (number == host.board.choice.slot);
  char path[PATH_BYTES_MAX];
  struct stat info = { 0 };
  void* bytes = MAP_FAILED;
  int file = hostPath(path, SLOT_FILES[number]) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  (void)board;
  if ((file >= 0) && (fstat(file, &info) || (info.st_size > INT32_MAX)))
    info.st_size = 0;
  if (slot->bytes && !isRunning && (slot->length != (size_t)info.st_size)) {
    munmap((void*)slot->bytes, slot->length);
    slot->bytes = NULL;
  }
  if (!slot->bytes && info.st_size)
    bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, file, 0);
  if (bytes != MAP_FAILED)
    *slot = (Slot){ bytes, (size_t)info.st_size };
  if (file >= 0)
    close(file);
  *room = (uint32_t)slot->length;
  return slot->bytes;
}

static const char* checkPayload(const BootBoard* board, const BootImage* image)
{
  (void)board;
  return host.engine ? host.engine->check(image->payload, image->payloadLength) : NULL;
}

static void refused(const BootBoard* board, int slot, const char* why)
{
  (void)board;
  hostLog('E', "boot", "slot %c cannot be booted: %s", 'A' + slot, why);
}

static BootBoard selected = {
  .log = &bootLog, .keys = host.keys, .slot = slotBytes, .check = checkPayload, .refused = refused
};

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
  selected.keyCount = 0;
  for (uint32_t at = 0; taken && (at < length); at += taken)
    taken = selected.keyCount == BOOT_KEYS_MAX
        ? 0
        : bootKey(&host.keys[selected.keyCount++], der + at, length - at);
  return taken ? NULL : "keys: not one to four public keys in DER, Ed25519 or P-256";
}

static void logChoice(const BootChoice* choice)
{
  static const char* const causes[] = { "power", "restart", "watchdog", "panic", "unknown" };
  static const char* const decisions[] = { "", ", on trial", ", the trial was not confirmed",
    ", the armed image is bad", ", the selected image is bad", "", "" };
  if (choice->decision == BOOT_NOTHING)
    hostLog('E', "boot", "no slot can be booted");
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
  host.board.choice = bootSelect(&selected, cause, &host.board.image);
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
  return board ? bootArm(&selected, &board->choice) : "no board";
}

const char* hostConfirm(void)
{
  HostBoard* board = hostBoard();
  return board ? bootConfirm(&selected, &board->choice) : "no board";
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
