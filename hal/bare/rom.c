/* The shared machine, made and found. It takes no RAM but for a word for each of its objects that a
 * program might change. */
#include "rom.h"
#include "board.h"
#include "layout.h"
#include "machine.h"
#include "panic.h"
#include <stdio.h>

#define ROM_MAGIC 0x4D4F5258u /* "XROM" */

/* While the machine is made: its heaps are in the second half of what the image leaves of the
 * window, and a copy without gaps of what lives goes to the place in the image. */
#define SLOTS 16384
#define SLOTS_MORE 1024
#define CHUNKS (64 * 1024)
#define CHUNKS_MORE (16 * 1024)
#define STACK 400

typedef struct {
  uint32_t magic;
  uint32_t length; /* of what follows, and of this */
  xsMachine* machine;
  uint32_t unused;
} RomHead;

extern char __rom_start[], __making_start[];

static RomHead* head(void)
{
  return (RomHead*)__rom_start;
}

xsMachine* romMachine(void)
{
  return head()->magic == ROM_MAGIC ? head()->machine : NULL;
}

void romMake(const BlobHeader* blob, uint32_t bytes)
{
  static Runtime runtime;
  static xsCreation creation = { .initialChunkSize = CHUNKS,
    .incrementalChunkSize = CHUNKS_MORE,
    .initialHeapCount = SLOTS,
    .incrementalHeapCount = SLOTS_MORE,
    .stackCount = STACK,
    .incrementalKeyCount = 16,
    .nameModulo = 127,
    .symbolModulo = 127 };
  char* place = __rom_start + sizeof(RomHead);
  char* end = __making_start;
  uint32_t room = (uint32_t)(end - place) / 2, length = 0;
  xsMachine* the;
  const char* problem = blobCheck(blob, bytes);
  creation.initialKeyCount = blob->idCount + blob->nameCount + 2 * blob->moduleCount;
  machineUnwatch(); /* the builder waits with more patience, on a computer that is busy */
  memoryArena(place + room, end);
  if (!problem)
    problem = runtimeCreate(&runtime, &creation, blob, &the);
  if (!problem)
    problem = runtimePreload(the, place, room, &head()->machine, &length);
  if (problem)
    panic("%s", problem);
  head()->magic = ROM_MAGIC;
  head()->length = (uint32_t)sizeof(RomHead) + length;
  printf("ROM %lu %lu\n", (unsigned long)head()->length,
      (unsigned long)(__rom_start - (char*)WINDOW_BASE));
  consolePut(__rom_start, head()->length);
  machineOff(0);
}
