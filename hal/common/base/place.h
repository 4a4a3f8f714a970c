/* How natives of a Flash take offsets and block numbers. */
#ifndef PLACE_H
#define PLACE_H

#include "throw.h"
#include <stdint.h>

/* What is no number from 0 to 2^32 - 1 lies outside of every partition. */
static inline uint32_t toPlace(xsMachine* the, xsSlot* slot)
{
  xsNumberValue value = xsmcToNumber(*slot);
  if (!(value >= 0) || (value > 4294967295.0))
    throwKind(the, "bounds", "flash: outside the partition");
  return (uint32_t)value;
}

#endif
