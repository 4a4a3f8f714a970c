/* Power-on: keys, boot log, slots, selection. */
#define _GNU_SOURCE
#include "host.h"
#include "../common/boot/report.h"
#include "../common/bsd/bsd.h"
#include "file.h"
#include "reset.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES 4096
#define WRITE_ALIGN 16
#define STORE_BLOCKS 16
#define SLOT_BLOCKS 2048
#define KEYS_BYTES_MAX 512
#define PROVISION_BYTES_MAX 65536

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
  FlashFile log, store, staging;
  BootKey keys[BOOT_KEYS_MAX];
  Slot slots[2];
  HostBoard board;
} host;

double boardNow(void)
{
  static struct timespec start;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!start.tv_sec)
    start = now;
  return (double)(now.tv_sec - start.tv_sec) * 1000
      + (double)((now.tv_nsec - start.tv_nsec) / 1000000);
}

void boardLog(char level, const char* source, const char* format, ...)
{
  va_list parts;
  va_start(parts, format);
  printf("[%8.3f] %c %s: ", boardNow() / 1000, level, source);
  vprintf(format, parts);
  printf("\n");
  fflush(stdout);
  va_end(parts);
}

/* The path of a file of the state directory; 0 when it is too long. */
static int pathOf(char path[PATH_BYTES_MAX], const char* name)
{
  return snprintf(path, PATH_BYTES_MAX, "%s/%s", host.directory, name) < PATH_BYTES_MAX;
}

static const char* openLog(void)
{
  char path[PATH_BYTES_MAX];
  BootLog log;
  if (!pathOf(path, "boot.flash")
      || !flashFileOpen(&host.log, path, BLOCK_BYTES, BOOT_BLOCKS, WRITE_ALIGN))
    return "cannot open boot.flash";
  return bootLogOpen(&log, &host.log.partition) ? NULL : "cannot read boot.flash";
}

/* Maps the file of a slot as long as it is now; the slot that runs stays where it is. */
static const uint8_t* slotBytes(const BootBoard* board, int number, uint32_t* room)
{
  Slot* slot = &host.slots[number];
  int isRunning = host.on && (number == host.board.choice.slot);
  char path[PATH_BYTES_MAX];
  struct stat info = { 0 };
  void* bytes = MAP_FAILED;
  int file = pathOf(path, SLOT_FILES[number]) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
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

static BootBoard selected = { .log = &host.log.partition,
  .keys = host.keys,
  .slot = slotBytes,
  .check = checkPayload,
  .refused = bootReportRefused };

/* The file holds one key after the other, as bootKey takes them. */
static const char* readKeys(void)
{
  char path[PATH_BYTES_MAX];
  uint8_t der[KEYS_BYTES_MAX];
  FILE* file = pathOf(path, "keys") ? fopen(path, "rbe") : NULL;
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
  bootReport(&host.board.choice, &host.board.image);
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
    boardLog('E', "boot", "%s", problem);
  return problem ? NULL : &host.board;
}

/* What the natives ask: natives/board.h */

static const char NO_BOARD[] = "there is no board";

const char* boardRunning(BootChoice* running)
{
  const HostBoard* board = hostBoard();
  if (board)
    *running = board->choice;
  return board ? NULL : NO_BOARD;
}

const char* boardArm(void)
{
  const HostBoard* board = hostBoard();
  return board ? bootArm(&selected, &board->choice) : NO_BOARD;
}

const char* boardConfirm(void)
{
  HostBoard* board = hostBoard();
  return board ? bootConfirm(&selected, &board->choice) : NO_BOARD;
}

static int readBase(const Partition* self, uint32_t offset, void* bytes, uint32_t length)
{
  (void)self;
  memcpy(bytes, host.board.image.payload + offset, length);
  return 1;
}

static const Partition* openBase(const HostBoard* board)
{
  static Partition base = { .blockLength = 1, .writeAlign = 1, .read = readBase };
  base.blocks = board->image.payloadLength;
  return &base;
}

const char* boardPartition(const char* name, const Partition** partition)
{
  const HostBoard* board = hostBoard();
  int isStore = !strcmp(name, "store");
  FlashFile* flash = isStore ? &host.store : &host.staging;
  char path[PATH_BYTES_MAX];
  if (board && !strcmp(name, "base")) {
    *partition = openBase(board);
    return NULL;
  }
  if (!board || (!isStore && strcmp(name, "staging")))
    return board ? "flash: no such partition" : NO_BOARD;
  *partition = &flash->partition;
  if (flash->partition.blocks) /* open already */
    return NULL;
  return pathOf(path, isStore ? "store.flash" : SLOT_FILES[!board->choice.slot])
          && flashFileOpen(
              flash, path, BLOCK_BYTES, isStore ? STORE_BLOCKS : SLOT_BLOCKS, WRITE_ALIGN)
      ? NULL
      : "flash: the file cannot be opened";
}

int boardRandom(void* bytes, uint32_t length)
{
  uint8_t* to = bytes;
  while (length) {
    ssize_t count = getrandom(to, length, 0);
    if (count < 0)
      return 0;
    to += count;
    length -= (uint32_t)count;
  }
  return 1;
}

void boardPrintLine(const char* text)
{
  puts(text);
  fflush(stdout);
}

const char* boardProvision(BoardText* text)
{
  char path[PATH_BYTES_MAX];
  FILE* file = hostBoard() && pathOf(path, "provision.json") ? fopen(path, "rbe") : NULL;
  char* bytes = file ? malloc(PROVISION_BYTES_MAX + 1) : NULL;
  size_t length = bytes ? fread(bytes, 1, PROVISION_BYTES_MAX + 1, file) : 0;
  if (file)
    fclose(file);
  if (!bytes)
    return "cannot read provision.json";
  if (length > PROVISION_BYTES_MAX) {
    free(bytes);
    return "provision.json is too long";
  }
  *text = (BoardText){ bytes, (uint32_t)length, bytes };
  return NULL;
}

const char* boardVersion(void)
{
  const HostBoard* board = hostBoard();
  return board ? board->image.version : "";
}

uint32_t boardSecurityCounter(void)
{
  const HostBoard* board = hostBoard();
  return board ? board->image.counter : 0;
}

void boardFeed(void)
{
  resetFeed();
}

/* The watchdog rests meanwhile, and starts anew: a program that comes here is alive. Here the
 * switch turns the board off. */
void boardWait(uint32_t timeoutMs)
{
  resetPause();
  if (!resetOff())
    socketWait(timeoutMs);
  if (resetOff())
    boardExit(0);
  resetFeed();
}

static void report(void)
{
  const FlashCount* count;
  for (int i = 0; (count = flashFileCount(i)); i++)
    boardLog('I', "flash", "%s: %u writes of %llu bytes, %u erases", count->name,
        (unsigned)count->writes, (unsigned long long)count->writtenBytes, (unsigned)count->erases);
  if (host.engine)
    host.engine->report();
  fflush(stdout);
}

void boardRestart(void)
{
  report();
  resetNow(RESET_RESTART);
}

void boardExit(int status)
{
  report();
  _exit(status);
}
