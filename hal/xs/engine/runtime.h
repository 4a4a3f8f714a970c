/* What one machine of ours has besides XS: it is the context of the machine. And what a board gives
 * and gets. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "xsmc.h"
#include "blob.h"

#define NATIVES_MAX 96
#define MODULES_MAX 320

/* The statuses of XS that boardAbort can get. */
#define RUNTIME_OUT_OF_MEMORY 1
#define RUNTIME_STACK_OVERFLOW 2
#define RUNTIME_UNHANDLED_EXCEPTION 5
#define RUNTIME_OUT_OF_KEYS 6

typedef struct {
  const BlobHeader* blob;
  const BlobModule* loading; /* the module whose host functions XS asks for */
  int failed;
  uint32_t chunkBytes, slotBytes; /* taken from the system; XS gives nothing back before its end */
  uint32_t collections;
  uint32_t liveSlots, liveChunks; /* most that a collection left */
  uint32_t peakChunks; /* up to the last collection */
  xsSlot functions[NATIVES_MAX];
  uint8_t made[NATIVES_MAX];
  uint16_t files[MODULES_MAX]; /* identifiers of the source names, 0 without positions */
} Runtime;

/* The heap of a machine. What is in use, and its peak, include garbage that was not collected yet;
   what a collection leaves (0 without one) does not, and is the better guess at what a program
   needs. The stack counts slots, too. */
typedef struct {
  uint32_t slots, peakSlots, liveSlots;
  uint32_t slotBytes; /* of one slot */
  uint32_t chunks, peakChunks, liveChunks; /* bytes */
  uint32_t stack, peakStack;
  uint32_t collections;
} RuntimeHeap;

/* Makes a machine for a checked blob, or gives the reason why not. `creation` sizes slots, chunks
   and stack; increments of 0 make the heap fixed. Size initialHeapCount for the application: growth
   by steps costs collections. */
const char* runtimeCreate(
    Runtime* runtime, xsCreation* creation, const BlobHeader* blob, xsMachine** machine);
/* For machines whose modules lie in flash with all that they have made: runs every module of the
   blob but the entry, and makes of the machine one that others share, in `room` bytes from `place`
   on. Gives the machine and its length; the machine that it was is of no use any more. NULL, or
   the reason why it cannot be. */
const char* runtimePreload(
    xsMachine* the, void* place, uint32_t room, xsMachine** shared, uint32_t* length);
/* Makes a machine upon a shared one of the same blob: only what differs takes RAM. */
const char* runtimeClone(Runtime* runtime, xsCreation* creation, const BlobHeader* blob,
    xsMachine* shared, xsMachine** machine);
/* Runs the entry module and all jobs; 0 when nothing was thrown. What was thrown is printed, with
 * its stack. */
int runtimeRun(xsMachine* the);
void runtimeHeap(xsMachine* the, RuntimeHeap* heap);
/* Collects all garbage; what is live now then counts in the figures. */
void runtimeCollect(xsMachine* the);

/* From the board. boardAbort gets a status of XS, after its reason was printed, when the machine
 * cannot go on. */
void boardPrint(const char* text);
void boardAbort(int status) __attribute__((noreturn));
/* The lowest address that the C stack of the machine may grow to. */
char* boardStackLimit(void);

/* Between the files of this folder. */
void runtimePrintError(xsMachine* the, const char* what, xsSlot* error);

#endif
