/* The boot selector: decides by table which slot boots, over the boot log. No device code in it. */
#ifndef BOOT_SELECT_H
#define BOOT_SELECT_H

#include "image.h"
#include "log.h"

/* Crashes in a row, without a confirmation in between, after which the board waits before each
 * start. */
#define BOOT_FAILURES_MAX 8
#define BOOT_PAUSE_MINUTES_MAX 60

typedef enum {
  BOOT_CONFIRMED, /* the slot that was selected */
  BOOT_TRIAL, /* the other slot, on trial; that is written down already */
  BOOT_REVERTED, /* back, since the trial was not confirmed */
  BOOT_REJECTED, /* the armed image cannot be booted: the selected slot */
  BOOT_FALLBACK, /* the selected slot cannot be booted: the other one */
  BOOT_NOTHING, /* neither slot can be booted */
  BOOT_HELD /* the slot boots after a pause: bootPauseMinutes */
} BootDecision;

typedef struct {
  BootDecision decision;
  uint8_t slot;
  uint8_t trial; /* 1 when the slot boots on trial */
  uint8_t cause; /* ResetCause */
  uint8_t failures; /* crashes in a row that led to this start; 255 stands for more, too */
} BootChoice;

typedef struct BootBoard BootBoard;

/* What the selector asks of its board. */
struct BootBoard {
  const Partition* log;
  const BootKey* keys;
  int keyCount;
  /* The bytes of a slot, and how many may be read; NULL when there are none. They stay in place
   * until the selector asks for a slot again. */
  const uint8_t* (*slot)(const BootBoard* board, int slot, uint32_t* room);
  /* Why a payload that a vendor key signed cannot run on this board, or NULL. */
  const char* (*check)(const BootBoard* board, const BootImage* image);
  /* Is told of a slot that should have booted and cannot. */
  void (*refused)(const BootBoard* board, int slot, const char* why);
};

/* NULL when the image in `slot` can be booted, otherwise the reason why not. The image in slot
 * `selected` is the one that is kept: its security counter revokes keys for the other slot. */
const char* bootCheck(const BootBoard* board, BootImage* image, int slot, int selected);

/* Once a power-up or reset, before the image runs. `image` is that of the slot in the choice,
 * unless nothing can be booted. A log that cannot be read or written keeps no confirmed image from
 * booting.
 */
BootChoice bootSelect(const BootBoard* board, uint8_t cause, BootImage* image);

/* The next boot tries the slot that does not run. NULL, or the reason why not. */
const char* bootArm(const BootBoard* board, const BootChoice* running);

/* The running image has proved itself: it is kept, and the crashes before it are forgotten. NULL,
 * or the reason why not. */
const char* bootConfirm(const BootBoard* board, BootChoice* running);

/* How long a board waits before it starts an image that has failed so often: a minute, doubling, at
 * most an hour; 0: not at all. */
static inline uint32_t bootPauseMinutes(uint8_t failures)
{
  uint32_t past = failures < BOOT_FAILURES_MAX ? 0 : failures - BOOT_FAILURES_MAX;
  if (failures < BOOT_FAILURES_MAX)
    return 0;
  return past < 6 ? 1u << past : BOOT_PAUSE_MINUTES_MAX;
}

#endif
