/* How natives take their arguments. Converting one can run JavaScript, which can close an object or
   move a buffer: convert all first, then take host data, buffers last; and take buffers again after
   anything that allocates in the heap of XS. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "xsmc.h"
#include <stdint.h>

typedef struct {
  uint8_t* bytes;
  uint32_t length;
} Buffer;

/* A number from 0 to 2^32 - 1, or a RangeError. */
static inline uint32_t toIndex(xsMachine* the, xsSlot* slot)
{
  xsNumberValue value;
  if (xsmcTypeOf(*slot)
      == xsIntegerType) { /* nearly always, and much quicker than by way of a double */
    xsIntegerValue integer = xsmcToInteger(*slot);
    if (integer < 0)
      xsRangeError("not an index");
    return (uint32_t)integer;
  }
  value = xsmcToNumber(*slot);
  if (!(value >= 0) || (value > 4294967295.0))
    xsRangeError("not an index");
  return (uint32_t)value;
}

/* An empty buffer has an address, too: memcpy and its like must not be given NULL. */
static inline Buffer toBuffer(void* bytes, xsUnsignedValue length)
{
  Buffer buffer = { bytes ? (uint8_t*)bytes : (uint8_t*)"", length };
  return buffer;
}

/* The bytes of a Uint8Array or ArrayBuffer, or a TypeError. */
static inline Buffer toReadable(xsMachine* the, xsSlot* slot)
{
  void* bytes;
  xsUnsignedValue length;
  xsmcGetBufferReadable(*slot, &bytes, &length);
  return toBuffer(bytes, length);
}

static inline Buffer toWritable(xsMachine* the, xsSlot* slot)
{
  void* bytes;
  xsUnsignedValue length;
  xsmcGetBufferWritable(*slot, &bytes, &length);
  return toBuffer(bytes, length);
}

static inline void checkRange(xsMachine* the, uint32_t from, uint32_t to, uint32_t length)
{
  if ((from > to) || (to > length))
    xsRangeError("out of the buffer");
}

#endif
