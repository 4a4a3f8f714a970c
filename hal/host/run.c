/* The board "XS on Linux": powers on, boots the selected image and runs it. README.md has options
 * and exit statuses. */
#include "../xs/engine/runtime.h"
#include "host.h"
#include "file.h"
#include "lock.h"
#include "reset.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_USAGE 2
#define STATUS_STATE 3
#define STATUS_NO_IMAGE 4

#define C_STACK_BYTES (1024 * 1024)
#define WATCHDOG_MS 30000
#define PAUSE_MS 60000

typedef struct {
  const char* directory;
  int watchdogMs;
  int pauseMs; /* what the selector calls a minute */
  uint32_t cut;
  CutMode cutMode;
  xsCreation creation;
} Options;

static char* stackLimit;

void boardPrint(const char* text)
{
  fputs(text, stdout);
}

char* boardStackLimit(void)
{
  return stackLimit;
}

void boardAbort(int status)
{
  boardLog('E', "boot", "XS abort %d", status);
  resetNow(RESET_PANIC);
}

/* Of the image that runs. */
static xsMachine* machine;

static void reportHeap(void)
{
  RuntimeHeap heap;
  if (!machine)
    return;
  runtimeCollect(machine);
  runtimeHeap(machine, &heap);
  boardLog('I', "heap",
      "at most %u slots of %u bytes, %u bytes of chunks, %u slots of stack; live %u slots, %u "
      "bytes of chunks",
      (unsigned)heap.peakSlots, (unsigned)heap.slotBytes, (unsigned)heap.peakChunks,
      (unsigned)heap.peakStack, (unsigned)heap.liveSlots, (unsigned)heap.liveChunks);
}

static const HostEngine engine = { .check = blobCheck, .report = reportHeap };

static int parseMode(CutMode* mode, const char* text)
{
  static const char* const names[] = { "before", "torn", "after" };
  for (int i = 0; i < 3; i++)
    if (!strcmp(text, names[i])) {
      *mode = (CutMode)i;
      return 1;
    }
  return 0;
}

static int parseNumber(int* number, const char* text)
{
  char* end;
  long value = strtol(text, &end, 10);
  *number = (int)value;
  return *text && !*end && (value >= 0) && (value <= INT32_MAX);
}

/* 0: usage */
static int parse(Options* options, int argc, char** argv)
{
  for (int i = 1; i < argc; i += 2) {
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    int number = 0, known = 1;
    if (!strcmp(argv[i], "--state"))
      options->directory = value;
    else if (!strcmp(argv[i], "--cut-mode"))
      known = parseMode(&options->cutMode, value);
    else if (!parseNumber(&number, value))
      known = 0;
    else if (!strcmp(argv[i], "--cut"))
      options->cut = (uint32_t)number;
    else if (!strcmp(argv[i], "--watchdog"))
      options->watchdogMs = number;
    else if (!strcmp(argv[i], "--pause"))
      options->pauseMs = number;
    else if (!strcmp(argv[i], "--slots"))
      options->creation.initialHeapCount = number;
    else if (!strcmp(argv[i], "--chunks"))
      options->creation.initialChunkSize = number;
    else
      known = 0;
    if (!known)
      return 0;
  }
  return options->directory && *options->directory;
}

/* A planned cut counts on through restarts, and happens once. */
static void planCut(const Options* options, ResetCause cause)
{
  const char* left = getenv("XS_FUMO_CUT");
  flashFileCut(cause == RESET_POWER || !left ? options->cut : (uint32_t)strtoul(left, NULL, 10),
      options->cutMode);
}

/* The image has crashed too often in a row to be started at once. The switch works meanwhile. */
static void waitPause(const Options* options, const BootChoice* choice)
{
  double ms = (double)bootPauseMinutes(choice->failures) * options->pauseMs, end = boardNow() + ms;
  resetGuard(0); /* first, so that whoever reads the line may use the switch */
  boardLog('E', "boot", "%u crashes in a row: the image starts again in %g s", choice->failures,
      ms / 1000);
  while (!resetOff() && (boardNow() < end))
    poll(NULL, 0, end - boardNow() < 1000 ? (int)(end - boardNow()) + 1 : 1000);
  if (resetOff())
    boardExit(0);
}

/* Runs what was booted; a program that throws while it starts is a panic. */
static void runImage(Options* options, const BootImage* image)
{
  static Runtime runtime;
  const char* problem =
      runtimeCreate(&runtime, &options->creation, (const BlobHeader*)image->payload, &machine);
  int failed = 1;
  if (problem)
    boardLog('E', "boot", "%s", problem);
  else
    failed = runtimeRun(machine);
  if (failed)
    resetNow(RESET_PANIC);
  boardExit(0);
}

int main(int argc, char** argv)
{
  Options options = { .watchdogMs = WATCHDOG_MS,
    .pauseMs = PAUSE_MS,
    .cutMode = CUT_TORN,
    .creation = { .initialChunkSize = 112 * 1024,
        .incrementalChunkSize = 1024,
        .initialHeapCount = 30 * 1024,
        .incrementalHeapCount = 64,
        .stackCount = 1024,
        .initialKeyCount = 2048,
        .incrementalKeyCount = 256,
        .nameModulo = 127,
        .symbolModulo = 127 } };
  ResetCause cause = resetStart();
  const char* problem;
  HostBoard* board;
  stackLimit = (char*)__builtin_frame_address(0) - C_STACK_BYTES;
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  if (!parse(&options, argc, argv)) {
    fprintf(stderr,
        "usage: xs-fumo-host --state DIR [--watchdog MS] [--pause MS] [--cut N] "
        "[--cut-mode before|torn|after] [--slots N] [--chunks BYTES]\n");
    return STATUS_USAGE;
  }
  planCut(&options, cause);
  problem = lockTake(options.directory);
  if (!problem)
    problem = hostPowerOn(options.directory, cause, &engine);
  if (problem) {
    fprintf(stderr, "xs-fumo-host: %s: %s\n", options.directory, problem);
    return STATUS_STATE;
  }
  board = hostBoard();
  if (board->choice.decision == BOOT_NOTHING)
    return STATUS_NO_IMAGE;
  if (board->choice.decision == BOOT_HELD)
    waitPause(&options, &board->choice);
  resetGuard(options.watchdogMs);
  runImage(&options, &board->image);
  return 0;
}
