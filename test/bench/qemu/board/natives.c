/* What a byte of a package costs in C at least: received, digested, programmed. Linked into the
   images of the bench alone. The meter counts between marks. */
#include "../../../../hal/common/base/arguments.h"
#include "../../../../hal/common/boot/image.h"
#include "../../../../hal/common/natives/board.h"
#include "../../../../hal/common/net/connection.h"
#include "../../../../hal/bare/handoff.h"
#include "../../../../hal/bare/partitions.h"
#include "mc.xs.h"

#define PART 4096
#define WAIT_MS 100

static uint8_t part[PART];

/* The meter says how many instructions were executed when this is entered. */
__attribute__((noinline)) void benchMark(void)
{
  __asm volatile("" ::: "memory");
}

void xs_bench_mark(xsMachine* the)
{
  (void)the;
  benchMark();
}

/* The slot that does not run. */
static PartitionName other(void)
{
  return handoff()->choice.slot ? PARTITION_SLOT_A : PARTITION_SLOT_B;
}

void xs_bench_sha256(xsMachine* the)
{
  uint32_t length = toIndex(the, &xsArg(0));
  uint8_t digest[32];
  benchMark();
  bootSha256(partitionAt(other(), 0), length, digest);
  benchMark();
}

/* The slot is erased first, which is not counted. */
void xs_bench_program(xsMachine* the)
{
  const Partition* slot = partitionOf(other());
  uint32_t length = toIndex(the, &xsArg(0));
  for (uint32_t at = 0; at < length; at += slot->blockLength)
    slot->erase(slot, at / slot->blockLength);
  benchMark();
  for (uint32_t at = 0; at < length; at += PART)
    slot->write(slot, at, part, PART);
  benchMark();
}

/* Counts from the first byte on, so without a handshake. Returns the bytes after it; of a
   connection that fails, fewer than were to come. */
void xs_bench_receive(xsMachine* the)
{
  uint32_t port = toIndex(the, &xsArg(1)), length = toIndex(the, &xsArg(2)), first = 0, got = 0;
  const char* kind;
  Connection* connection =
      connectionOpen(xsmcToString(xsArg(0)), (uint16_t)port, xsmcTest(xsArg(3)), &kind);
  while (connection && (got < length)) {
    long count = connectionRead(connection, part, PART);
    if (count < 0)
      break;
    got += (uint32_t)count;
    if (count && !first) {
      first = (uint32_t)count;
      benchMark();
    }
    if (!count)
      boardWait(WAIT_MS);
  }
  benchMark();
  if (connection)
    connectionClose(connection);
  xsmcSetInteger(xsResult, (xsIntegerValue)(got - first));
}
