/* What a byte of a package costs in C at least: received, digested, programmed. Linked into the
   images of the bench alone. The meter counts between marks. */
#include "../../../../hal/common/base/arguments.h"
#include "../../../../hal/common/boot/image.h"
#include "../../../../hal/qemu-riscv32/connection.h"
#include "../../../../hal/qemu-riscv32/machine.h"
#include "../../../../hal/qemu-riscv32/net.h"
#include "../../../../hal/qemu-riscv32/nor.h"
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

/* The floor is what the parts cannot do without: Mbed TLS's digest clears its working memory after
   each block (--wrap, in programs.ts). The rest of it cannot do without: what it has freed is 0. */
static int isDigesting;
void __real_mbedtls_platform_zeroize(void* bytes, size_t length);
void __wrap_mbedtls_platform_zeroize(void* bytes, size_t length)
{
  if (!isDigesting)
    __real_mbedtls_platform_zeroize(bytes, length);
}

/* The slot that does not run. */
static const NorPartition* other(void)
{
  return &norPartitions[handoff()->choice.slot ? NOR_SLOT_A : NOR_SLOT_B];
}

void xs_bench_sha256(xsMachine* the)
{
  uint32_t length = toIndex(the, &xsArg(0));
  uint8_t digest[32];
  isDigesting = 1;
  benchMark();
  bootSha256(norAt(other(), 0), length, digest);
  benchMark();
  isDigesting = 0;
}

/* The slot is erased first, which is not counted. */
void xs_bench_program(xsMachine* the)
{
  uint32_t length = toIndex(the, &xsArg(0)), block = other()->partition.blockLength;
  for (uint32_t at = 0; at < length; at += block)
    norErase(other(), at / block);
  benchMark();
  for (uint32_t at = 0; at < length; at += PART)
    norWrite(other(), at, part, PART);
  benchMark();
}

/* Counts from the first byte on, so without a handshake. Returns the bytes after it; of a
   connection that fails, fewer than were to come. */
void xs_bench_receive(xsMachine* the)
{
  uint32_t port = toIndex(the, &xsArg(1)), length = toIndex(the, &xsArg(2)), first = 0, got = 0;
  Connection* connection =
      connectionOpen(xsmcToString(xsArg(0)), (uint16_t)port, xsmcTest(xsArg(3)));
  while (connection && (got < length)) {
    long count = connectionRead(connection, part, PART);
    if (count < 0)
      break;
    got += (uint32_t)count;
    if (count && !first) {
      first = (uint32_t)count;
      benchMark();
    }
    if (!count) {
      socketWait(WAIT_MS);
      watchdogFeed();
    }
  }
  benchMark();
  if (connection)
    connectionClose(connection);
  xsmcSetInteger(xsResult, (xsIntegerValue)(got - first));
}
