/* The parts of making a shared machine that XS leaves to its linker: runtime.c calls them, in this
 * order. */
#ifndef SHARE_H
#define SHARE_H

#include "xsAll.h"
#include "blob.h"

/* Before it is shared: modules that the entry does not import are forgotten, with what they export.
   Functions have another module as their home then, which tells of no import that they make. */
void shareForget(txMachine* the, const BlobHeader* blob);
/* Globals are found without a note that would be written into the shared machine. */
void shareGlobals(txMachine* the);
/* Functions with one home, or with environments that end alike, have these in common. 0: no memory.
 */
int shareMerge(txMachine* the);
/* Copies a machine that is shared to its place, without gaps, and gives the length. The machine
   that it was is of no use any more. NULL, or why it cannot be, for a person. */
const char* shareCopy(
    txMachine* the, void* place, uint32_t room, txMachine** machine, uint32_t* length);

#endif
