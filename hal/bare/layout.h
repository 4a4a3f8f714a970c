/* What follows from map.h of a board: for C and linker scripts. build.ts reckons the same way. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "map.h"

#define SLOT_BYTES (SLOT_BLOCKS * SLOT_BLOCK)
/* The last bytes of data RAM are kept through resets: handoff.h. */
#define HANDOFF_BYTES 0x100
#define HANDOFF_BASE (RAM_BASE + RAM_BYTES - HANDOFF_BYTES)

#endif
