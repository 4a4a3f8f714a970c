/* The boot selector: decides by table which slot boots, over the boot log. No device code in it. */
#ifndef BOOT_SELECT_H
#define BOOT_SELECT_H

#include "log.h"

/* Resets by panic or watchdog in a row, none of whose images was confirmed, after which the board
 * stops instead of booting again. */
#define BOOT_FAILURES_MAX 8

typedef enum {
  BOOT_CONFIRMED, /* the slot that was selected */
  BOOT_TRIAL, /* the other slot, on trial; that is written down already */
  BOOT_REVERTED, /* back, since the trial was not confirmed */
  BOOT_REJECTED, /* the armed image cannot be booted: the selected slot */
  BOOT_FALLBACK, /* the selected slot cannot be booted: the other one */
  BOOT_NOTHING, /* neither slot can be booted */
  BOOT_HELD /* too many failures in a row: a power cycle starts again */
} BootDecision;

typedef struct {
  BootDecision decision;
  uint8_t slot;
  uint8_t trial; /* 1 when the slot boots on trial */
  uint8_t cause; /* ResetCause */
} BootChoice;

/* 1 when the image in a slot can be booted. */
typedef int (*BootUsable)(int slot);

/* Once a power-up or reset, before the image runs. */
BootChoice bootSelect(BootLog* log, uint8_t cause, BootUsable usable);

/* The next boot tries the slot that does not run. 0: a trial runs that is not confirmed, or the
 * device failed. */
int bootArm(BootLog* log, const BootChoice* running);

/* The running image has proved itself: it is kept, and the failures before it are forgotten. 0: the
 * device failed. */
int bootConfirm(BootLog* log, BootChoice* running);

#endif
