/* Natives of flash.ts: the partitions, by number. */
#include "../../common/base/arguments.h"
#include "../../common/base/place.h"
#include "../nor.h"
#include "mc.xs.h"

static const NorPartition* toPartition(xsMachine* the, xsSlot* slot)
{
  uint32_t number = toIndex(the, slot);
  if ((number >= NOR_PARTITIONS) || (number == NOR_BOOT_LOG))
    throwKind(the, "device", "flash: no such partition");
  return &norPartitions[number];
}

static void check(xsMachine* the, NorResult result)
{
  if (result == NOR_MISALIGNED)
    throwKind(the, "misaligned", "flash: not a multiple of writeAlign");
  if (result == NOR_BOUNDS)
    throwKind(the, "bounds", "flash: outside the partition");
  if (result == NOR_DEVICE)
    throwKind(the, "device", "flash: not erased, or the chip failed");
}

void xs_nor_blocks(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)toPartition(the, &xsArg(0))->partition.blocks);
}

void xs_nor_block_length(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)toPartition(the, &xsArg(0))->partition.blockLength);
}

void xs_nor_write_align(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)toPartition(the, &xsArg(0))->partition.writeAlign);
}

void xs_nor_read(xsMachine* the)
{
  const NorPartition* partition = toPartition(the, &xsArg(0));
  uint32_t offset = toPlace(the, &xsArg(2));
  Buffer buffer = toWritable(the, &xsArg(1));
  check(the, norRead(partition, offset, buffer.bytes, buffer.length));
}

void xs_nor_write(xsMachine* the)
{
  const NorPartition* partition = toPartition(the, &xsArg(0));
  uint32_t offset = toPlace(the, &xsArg(2));
  Buffer buffer = toReadable(the, &xsArg(1));
  check(the, norWrite(partition, offset, buffer.bytes, buffer.length));
}

void xs_nor_erase_block(xsMachine* the)
{
  const NorPartition* partition = toPartition(the, &xsArg(0));
  check(the, norErase(partition, toPlace(the, &xsArg(1))));
}
