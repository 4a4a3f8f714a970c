/* The partitions of map.h over the chip of chip.h. A byte is programmed once an erase; a read, a
 * write and an erase are those of Partition. */
#ifndef PARTITIONS_H
#define PARTITIONS_H

#include "../common/boot/partition.h"

typedef enum {
  PARTITION_BOOT_LOG,
  PARTITION_STORE,
  PARTITION_SLOT_A,
  PARTITION_SLOT_B,
  PARTITIONS
} PartitionName;

const Partition* partitionOf(PartitionName name);
/* Where the bytes of a partition can be read, as far as they are in one block. */
const uint8_t* partitionAt(PartitionName name, uint32_t offset);
/* How many operations of the chip there were since reset. */
uint32_t partitionOperations(void);

/* A plan: power is cut at a flash operation, and the machine is switched off then, with CUT_STATUS.
   The number of a plan is that of the operation, counted from 1 over all partitions and through
   resets; or the offset in flash of a byte that is programmed, or erased, for the first time since
   power-on. A write is one operation for each block of PROGRAM_BYTES that it touches, an erase one
   for the block, of however many sectors. CUT_NEVER: each operation is told on the console, as is
   one that is cut. */
#define CUT_STATUS 77
#define PLAN_NUMBER 0x03FFFFFFu
#define PLAN_PROGRAM_AT 0x04000000u
#define PLAN_ERASE_AT 0x08000000u
#define PLAN_MODE 0xF0000000u
#define PLAN_MODE_SHIFT 28
typedef enum { CUT_BEFORE, CUT_TORN, CUT_AFTER, CUT_NEVER } CutMode;

#endif
