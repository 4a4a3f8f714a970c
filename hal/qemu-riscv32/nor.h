/* The NOR flash: two 16-bit chips side by side, erased bytes are 0xFF, an erase takes a sector of
 * FLASH_SECTOR bytes. */
#ifndef NOR_H
#define NOR_H

#include <stdint.h>
#include "../common/boot/partition.h"

typedef enum { NOR_DONE, NOR_MISALIGNED, NOR_BOUNDS, NOR_DEVICE } NorResult;

/* Logs use the first blockLength bytes of each sector; slots use all of them. */
typedef struct {
  Partition partition; /* first, so that a Partition of this board is one of these */
  uint32_t start; /* offset in the flash */
} NorPartition;

enum { NOR_BOOT_LOG, NOR_STORE, NOR_SLOT_A, NOR_SLOT_B, NOR_PARTITIONS };
extern const NorPartition norPartitions[NOR_PARTITIONS];

/* Where the bytes of a partition can be read, as far as they are in one block. */
const uint8_t* norAt(const NorPartition* partition, uint32_t offset);

/* NOR_DEVICE: the chip failed, or a byte was programmed already; then nothing was written. */
NorResult norRead(const NorPartition* partition, uint32_t offset, void* bytes, uint32_t length);
NorResult norWrite(
    const NorPartition* partition, uint32_t offset, const void* bytes, uint32_t length);
NorResult norErase(const NorPartition* partition, uint32_t block);

/* A plan: power is cut at a flash operation, and the machine is switched off then, with
   NOR_CUT_STATUS. The number of a plan is that of the operation, counted from 1 over all partitions
   and through resets; or the offset in flash of a byte that is programmed, or erased, for the first
   time since power-on. A write is one operation for each block of NOR_PROGRAM_BYTES that it
   touches. CUT_NEVER: each operation is told on the console, as is one that is cut. */
#define NOR_CUT_STATUS 77
#define NOR_PROGRAM_BYTES 2048
#define PLAN_NUMBER 0x03FFFFFFu
#define PLAN_PROGRAM_AT 0x04000000u
#define PLAN_ERASE_AT 0x08000000u
#define PLAN_MODE 0xF0000000u
#define PLAN_MODE_SHIFT 28
typedef enum { CUT_BEFORE, CUT_TORN, CUT_AFTER, CUT_NEVER } CutMode;

/* How many operations there were since reset. */
uint32_t norOperations(void);

#endif
