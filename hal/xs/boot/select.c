/* The boot selector. All that it decides follows from the newest entry of the log, the reset cause
 * and two images. */
#include "select.h"

static uint8_t countFailures(const BootState* state, uint8_t cause)
{
  if ((cause != RESET_PANIC) && (cause != RESET_WATCHDOG))
    return 0;
  return state->failures < 0xFF ? state->failures + 1 : 0xFF;
}

/* A log that cannot be written does not keep the board from booting what was confirmed. After power
   came the state is written in any case: its entry may be one that was torn and reads right only
   now and then. */
static void record(BootLog* log, BootState state)
{
  const BootState* old = &log->state;
  if ((state.cause == RESET_POWER) || (old->slot != state.slot) || (old->trial != state.trial)
      || (old->cause != state.cause) || (old->failures != state.failures))
    bootLogWrite(log, state);
}

BootChoice bootSelect(BootLog* log, uint8_t cause, BootUsable usable)
{
  BootState state = log->state;
  uint8_t trial = state.trial;
  BootChoice choice = { BOOT_CONFIRMED, state.slot, 0, cause };
  state.cause = cause;
  state.failures = countFailures(&log->state, cause);
  state.trial = TRIAL_NONE;
  if (trial == TRIAL_RUNNING)
    choice.decision = BOOT_REVERTED;
  else if (trial == TRIAL_ARMED) {
    choice.decision = BOOT_REJECTED;
    if (usable(!state.slot)) {
      state.trial = TRIAL_RUNNING;
      if (bootLogWrite(log, state)) /* the trial is used up before it begins */
        return (BootChoice){ BOOT_TRIAL, !state.slot, 1, cause };
      state.trial = TRIAL_NONE;
    }
  }
  if (!usable(state.slot)) {
    if (!usable(!state.slot)) {
      choice.decision = BOOT_NOTHING;
      return choice;
    }
    choice.decision = BOOT_FALLBACK;
    choice.slot = state.slot = !state.slot;
  }
  record(log, state);
  if (state.failures >= BOOT_FAILURES_MAX)
    choice.decision = BOOT_HELD;
  return choice;
}

int bootArm(BootLog* log, const BootChoice* running)
{
  BootState state = log->state;
  if (running->trial)
    return 0;
  if (state.trial == TRIAL_ARMED)
    return 1;
  state.slot = running->slot;
  state.trial = TRIAL_ARMED;
  return bootLogWrite(log, state);
}

int bootConfirm(BootLog* log, BootChoice* running)
{
  BootState state = log->state;
  if (!running->trial && !state.failures)
    return 1;
  state.failures = 0;
  if (running->trial) {
    state.slot = running->slot;
    state.trial = TRIAL_NONE;
  }
  if (!bootLogWrite(log, state))
    return 0;
  running->trial = 0;
  return 1;
}
