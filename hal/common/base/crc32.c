/* CRC-32 (IEEE 802.3). */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "crc32.h"

void xs_crc32(xsMachine* the)
{
  uint32_t seed = toIndex(the, &xsArg(1));
  Buffer buffer = toReadable(the, &xsArg(0));
  xsmcSetNumber(xsResult, crc32Of(seed, buffer.bytes, buffer.length));
}
