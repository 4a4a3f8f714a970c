/* The firmware's main: the application that is linked into the image, on XS. */
#include "../xs/engine/runtime.h"
#include "board.h"
#include "chip.h"
#include "handoff.h"
#include "machine.h"
#include "net.h"
#include "panic.h"
#include "partitions.h"
#include "rom.h"

/* Sizes of the heaps of XS. They never grow: what does not fit ends in a reset that says so. */
#ifndef HEAP_SLOTS
#define HEAP_SLOTS 5120
#endif
#ifndef HEAP_CHUNKS
#define HEAP_CHUNKS (66 * 1024)
#endif
#ifndef STACK_SLOTS
#define STACK_SLOTS 1024
#endif
#ifndef HEAP_GROWS
#define HEAP_GROWS 0
#endif
/* 1: an image that runs without the loader makes its shared machine, which build.ts appends to it.
 */
#ifndef PRELOADS
#define PRELOADS 1
#endif
#ifndef WATCHDOG
#define WATCHDOG 1
#endif
#define STACK_RESERVE 4096

extern const uint8_t __blob_start[], __blob_end[];
extern char __heap_end[], __stack_top[];

void boardPrint(const char* text)
{
  while (*text)
    machinePut(*text++);
}

void boardAbort(int status)
{
  panic("XS abort %d", status);
}

/* XS stops here with a stack overflow of its own; natives that it calls need the reserve. */
char* boardStackLimit(void)
{
  return __heap_end + STACK_RESERVE;
}

static xsMachine* machine;

/* What the C stack has never used keeps this. */
#define UNUSED 0x5AC0FFEEu
#define FRAME_BYTES 256

static void markStack(void)
{
  uint32_t* end = (uint32_t*)((char*)__builtin_frame_address(0) - FRAME_BYTES);
  for (uint32_t* at = (uint32_t*)__heap_end; at < end; at++)
    *at = UNUSED;
}

static uint32_t mostStack(void)
{
  const uint32_t* at = (const uint32_t*)__heap_end;
  while ((at < (const uint32_t*)__stack_top) && (*at == UNUSED))
    at++;
  return (uint32_t)(__stack_top - (const char*)at);
}

static void figures(void)
{
  NetMemory network = netMemory();
  RuntimeHeap heap;
  runtimeHeap(machine, &heap);
  boardLog('I', "heap", "at most %u slots of %u bytes, %u bytes of chunks",
      (unsigned)heap.peakSlots, (unsigned)heap.slotBytes, (unsigned)heap.peakChunks);
  boardLog('I', "heap", "%u collections left at most %u slots, %u bytes of chunks",
      (unsigned)heap.collections, (unsigned)heap.liveSlots, (unsigned)heap.liveChunks);
  boardLog('I', "board", "%u bytes of RAM to spare", (unsigned)(__heap_end - memoryEnd()));
  boardLog('I', "board", "at most %u bytes of C stack, %u of lwIP's heap, %u of its pools",
      (unsigned)mostStack(), (unsigned)network.heap, (unsigned)network.pools);
  boardLog('I', "board", "%u flash operations", (unsigned)partitionOperations());
}

int main(void)
{
  static Runtime runtime;
  static xsCreation creation = { .initialChunkSize = HEAP_CHUNKS,
    .incrementalChunkSize = HEAP_GROWS * 1024,
    .initialHeapCount = HEAP_SLOTS,
    .incrementalHeapCount = HEAP_GROWS * 128,
    .stackCount = STACK_SLOTS,
    .initialKeyCount = 256,
    .incrementalKeyCount = 256,
    .nameModulo = 127,
    .symbolModulo = 127 };
  xsMachine* the = NULL;
  const BlobHeader* blob = (const BlobHeader*)__blob_start;
  const char* problem;
  if (WATCHDOG)
    machineFeed();
  markStack();
#if PRELOADS
  /* Without the loader it makes its shared machine, which build.ts appends to it: so an image is
   * whole, and the loader has proved the signature of all of it. */
  if (!romMachine()) {
    if (handoff()->magic == HANDOFF_MAGIC)
      panic("an image without its loaded modules");
    romMake(blob, (uint32_t)(__blob_end - __blob_start));
  }
  problem = runtimeClone(&runtime, &creation, blob, romMachine(), &the);
#else
  problem = blobCheck(blob, (uint32_t)(__blob_end - __blob_start));
  if (!problem)
    problem = runtimeCreate(&runtime, &creation, blob, &the);
#endif
  if (problem)
    panic("%s", problem);
  machine = the;
  boardFigures = figures;
  if (runtimeRun(the))
    panic("the program threw");
  machineOff(0);
}
