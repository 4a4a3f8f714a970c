/* Unpredictable bytes. The machine may take its time for them, so it is asked for many at once;
 * what was given out is erased. */
#include "board.h"
#include "machine.h"
#include <string.h>

#define PART 256

static uint8_t part[PART];
static uint32_t left; /* the first so many bytes of it */

int boardRandom(void* bytes, uint32_t length)
{
  uint8_t* to = bytes;
  while (length) {
    uint32_t count;
    if (!left && !(left = machineEntropy(part, PART)))
      return 0;
    count = left < length ? left : length;
    left -= count;
    memcpy(to, part + left, count);
    memset(part + left, 0, count);
    to += count;
    length -= count;
  }
  return 1;
}
