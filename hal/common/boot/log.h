/* The boot log: which slot boots, kept in two flash blocks so that a power loss at any operation
   leaves the old state or the new.

   Each entry holds the whole state, so the newest valid entry is the truth and nothing has to be
   replayed:

     offset  bytes  field
          0      4  magic, BOOT_LOG_MAGIC
          4      4  sequence, one more than the entry before
          8      1  slot: the one that boots when no trial is under way (0 or 1)
          9      1  trial: BootTrial, of the other slot
         10      1  cause: ResetCause of the latest boot that was recorded
         11      1  failures: resets by panic or watchdog since any other one, or a confirmation
         12      4  CRC-32 of bytes 0 to 11

   in little-endian order, padded with 0xFF to a multiple of writeAlign. An entry is written to
   bytes that read as erased, and read back. When a block is full the other one is erased and
   written; the block with the newest entry is never touched. */
#ifndef BOOT_LOG_H
#define BOOT_LOG_H

#include "partition.h"

#define BOOT_LOG_MAGIC 0x474C4258u /* "XBLG" */
#define BOOT_ENTRY_BYTES 16
#define BOOT_BLOCKS 2

typedef enum { TRIAL_NONE, TRIAL_ARMED, TRIAL_RUNNING } BootTrial;

/* In the order of ResetCause in hal.ts, as hal/common/natives/boot.ts gives them on. */
typedef enum { RESET_POWER, RESET_RESTART, RESET_WATCHDOG, RESET_PANIC, RESET_UNKNOWN } ResetCause;

typedef struct {
  uint8_t slot;
  uint8_t trial;
  uint8_t cause;
  uint8_t failures;
} BootState;

typedef struct {
  const Partition* partition;
  BootState state;
  uint32_t sequence; /* of the newest entry, 0 when there is none */
  uint32_t block; /* where the newest entry is */
  uint32_t next; /* offset in that block for the next entry; blockLength when it is full */
  uint32_t broken; /* places with something that is no entry, but may be one that was torn and reads
                      right now and then: the next sequence is past theirs */
} BootLog;

uint32_t bootCrc(const void* bytes, uint32_t length);

/* Reads the log. Any content is accepted: without a valid entry slot 0 boots and no trial is under
   way. A place that cannot be read was torn. 0: the device cannot be read at all. */
int bootLogOpen(BootLog* log, const Partition* partition);

/* Makes `state` the newest, durably. 0: the device failed, and the state before still holds. */
int bootLogWrite(BootLog* log, BootState state);

#endif
