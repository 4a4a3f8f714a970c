/* What a byte of a package costs in C at least, for test/bench: received, digested, programmed. In
 * instructions. */
#include "../../xs/base/arguments.h"
#include "../machine.h"
#include "../net.h"
#include "../nor.h"
#include "../../xs/boot/image.h"
#include "mc.xs.h"

#define PART 4096

static uint8_t part[PART];

/* Bytes of the slot that does not run. */
static const NorPartition* other(void)
{
  return &norPartitions[handoff()->choice.slot ? NOR_SLOT_A : NOR_SLOT_B];
}

void xs_bench_sha256(xsMachine* the)
{
  uint32_t length = toIndex(the, &xsArg(0));
  uint64_t start = clockInstructions();
  uint8_t digest[32];
  bootSha256(norAt(other(), 0), length, digest);
  xsmcSetNumber(xsResult, (double)(clockInstructions() - start));
}

/* The slot is erased first, which is not counted. */
void xs_bench_program(xsMachine* the)
{
  uint32_t length = toIndex(the, &xsArg(0)), block = other()->partition.blockLength;
  uint64_t start;
  for (uint32_t at = 0; at < length; at += block)
    norErase(other(), at / block);
  start = clockInstructions();
  for (uint32_t at = 0; at < length; at += PART)
    norWrite(other(), at, part, PART);
  xsmcSetNumber(xsResult, (double)(clockInstructions() - start));
}

void xs_bench_receive(xsMachine* the)
{
  uint32_t port = toIndex(the, &xsArg(1)), length = toIndex(the, &xsArg(2)), got = 0;
  Socket* socket = socketOpen(xsmcToString(xsArg(0)), (uint16_t)port);
  uint64_t start = 0;
  while (socket && (got < length)) {
    long count = socketRead(socket, part, PART);
    if (count < 0)
      break;
    if (count && !start)
      start = clockInstructions();
    got += (uint32_t)count;
    if (!count)
      socketWait(100);
  }
  if (socket)
    socketClose(socket);
  xsmcSetNumber(xsResult, got < length ? -1 : (double)(clockInstructions() - start));
}
