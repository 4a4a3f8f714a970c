/* The shared machine, made and found. It takes no RAM but for a word for each of its objects that a
 * program might change. */
#include "rom.h"
#include "board.h"
#include "layout.h"
#include "machine.h"
#include "panic.h"
#include <stdio.h>

#define ROM_MAGIC 0x4D4F5258u /* "XROM" */

/* While the machine is made, its heaps grow by little: what stays free is in the image for nothing.
 */
#define SLOTS 64
#define SLOTS_MORE 128
#define CHUNKS 1024
#define CHUNKS_MORE 1024
#define STACK 400

typedef struct {
  uint32_t magic;
  uint32_t length; /* of what follows, and of this */
  xsMachine* machine;
  uint32_t unused;
} RomHead;

extern char __rom_start[];

static RomHead* head(void)
{
  return (RomHead*)__rom_start;
}

xsMachine* romMachine(void)
{
  return head()->magic == ROM_MAGIC ? head()->machine : NULL;
}

void romMake(const BlobHeader* blob)
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
  const char* problem;
  creation.initialKeyCount = blob->idCount + blob->nameCount + 2 * blob->moduleCount;
  machineUnwatch(); /* the builder waits with more patience, on a computer that is busy */
  memoryArena(__rom_start + sizeof(RomHead), (char*)WINDOW_BASE + WINDOW_BYTES);
  problem = runtimeCreate(&runtime, &creation, blob, &head()->machine);
  if (problem)
    panic("%s", problem);
  if (runtimePreload(head()->machine))
    panic("a module threw");
  head()->magic = ROM_MAGIC;
  head()->length = (uint32_t)(memoryEnd() - __rom_start);
  printf("ROM %lu %lu\n", (unsigned long)head()->length,
      (unsigned long)(__rom_start - (char*)WINDOW_BASE));
  consolePut(__rom_start, head()->length);
  machineOff(0);
}
