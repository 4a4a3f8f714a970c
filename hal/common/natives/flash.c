/* Natives of flash.ts. What the contract of Flash forbids is refused here, for every board. */
#include "../base/arguments.h"
#include "../base/place.h"
#include "../base/receiver.h"
#include "board.h"
#include "mc.xs.h"

#define NAME_BYTES_MAX 16

/* A partition is the board's, and stays open. */
void xs_flash_destructor(void* data)
{
  (void)data;
}

static const Partition* thisPartition(xsMachine* the)
{
  return toReceiver(the, xs_flash_destructor);
}

static void checkInside(
    xsMachine* the, const Partition* partition, uint32_t offset, uint32_t length)
{
  uint32_t size = partition->blocks * partition->blockLength;
  if ((offset > size) || (length > size - offset))
    throwKind(the, "bounds", "flash: outside the partition");
}

/* The base of deltas is for reading. */
static void checkWritable(xsMachine* the, const Partition* partition)
{
  if (!partition->write)
    throwKind(the, "device", "flash: for reading only");
}

static void checkDone(xsMachine* the, int isDone)
{
  if (!isDone)
    throwKind(the, "device", "flash: not erased, or the part failed");
}

void xs_flash(xsMachine* the)
{
  char name[NAME_BYTES_MAX];
  const Partition* partition;
  const char* problem;
  xsmcToStringBuffer(xsArg(0), name, sizeof(name));
  checkNew(the, xs_flash_destructor);
  problem = boardPartition(name, &partition);
  if (problem)
    throwKind(the, "device", problem);
  xsmcSetHostData(xsThis, (void*)partition);
}

void xs_flash_blocks(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)thisPartition(the)->blocks);
}

void xs_flash_block_length(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)thisPartition(the)->blockLength);
}

void xs_flash_write_align(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)thisPartition(the)->writeAlign);
}

void xs_flash_read(xsMachine* the)
{
  uint32_t offset = toPlace(the, &xsArg(1));
  const Partition* partition = thisPartition(the);
  Buffer buffer = toWritable(the, &xsArg(0));
  checkInside(the, partition, offset, buffer.length);
  checkDone(the, partition->read(partition, offset, buffer.bytes, buffer.length));
}

void xs_flash_write(xsMachine* the)
{
  uint32_t offset = toPlace(the, &xsArg(1));
  const Partition* partition = thisPartition(the);
  Buffer buffer = toReadable(the, &xsArg(0));
  checkWritable(the, partition);
  if ((offset % partition->writeAlign) || (buffer.length % partition->writeAlign))
    throwKind(the, "misaligned", "flash: not a multiple of writeAlign");
  checkInside(the, partition, offset, buffer.length);
  checkDone(the, partition->write(partition, offset, buffer.bytes, buffer.length));
  boardFeed();
}

void xs_flash_erase_block(xsMachine* the)
{
  uint32_t block = toPlace(the, &xsArg(0));
  const Partition* partition = thisPartition(the);
  if (block >= partition->blocks)
    throwKind(the, "bounds", "flash: outside the partition");
  checkWritable(the, partition);
  checkDone(the, partition->erase(partition, block));
  boardFeed();
}
