/* The board behind the natives: partitions, slots, what booted and why. */
#ifndef ESP32_SLOTS_H
#define ESP32_SLOTS_H

#include "idf.h"
#include "../common/boot/log.h"
#include "../common/boot/partition.h"
#include <stdint.h>

/* What this board keeps in NVS is in this namespace. */
#define NVS_SPACE "xs-fumo"

/* Looks at the partition table, once. NULL, or what is wrong with it, before anything is written.
 */
const char* slotsOpen(void);
/* What does not keep the board from running, but from being updated; NULL when all is well. */
const char* slotsWarning(void);

/* "store"; "staging": the slot that does not run; "base": the image that runs, for reading. NULL
 * when it worked, else the reason. */
const char* slotsPartition(const char* name, const Partition** partition);

int slotRunning(void);
int slotTrial(void);
/* Why the board was reset: latched at the start, and not changed by what is done later. */
ResetCause slotCause(void);
/* Crashes in a row that led to this start, as Running.failures of hal.ts. */
uint32_t slotFailures(void);
/* How long this start has to wait before it does anything, because of the bad ends before it: a
 * minute, doubling to an hour; 0 on trial, where the next reset rolls back. */
uint32_t slotPauseMs(void);
/* Restarts, and leaves a note that it was wanted, or that the program has failed. */
void slotRestart(int failed) __attribute__((noreturn));

/* NULL when done, else the reason why not. */
const char* slotArm(void);
const char* slotConfirm(void);

#endif
