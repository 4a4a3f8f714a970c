/* Unpredictable bytes: those of the computer that emulates the machine, which has none. */
#include "../bare/machine.h"
#include "semihost.h"

uint32_t machineEntropy(void* bytes, uint32_t length)
{
  static int32_t file = -1;
  uint32_t left;
  if (file < 0)
    file = hostOpen("/dev/urandom", HOST_READS);
  left = file < 0 ? length : hostMove(HOST_READ, file, bytes, length);
  return left <= length ? length - left : 0;
}
