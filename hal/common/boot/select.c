/* The boot selector. All that it decides follows from the newest entry of the log, the reset cause
 * and two images. */
#include "select.h"
#include <stddef.h>

static const char* checkSlot(const BootBoard* board, BootImage* image, int slot, uint32_t confirmed)
{
  uint32_t room = 0;
  const uint8_t* bytes = board->slot(board, slot, &room);
  const char* problem =
      bytes ? bootImageCheck(image, bytes, room, board->keys, board->keyCount, confirmed) : "empty";
  return problem ? problem : board->check(board, image);
}

const char* bootCheck(const BootBoard* board, BootImage* image, int slot, int selected)
{
  uint32_t confirmed = 0;
  BootImage kept;
  if ((slot != selected) && bootRevokes(board->keys, board->keyCount)
      && !checkSlot(board, &kept, selected, 0))
    confirmed = kept.counter;
  return checkSlot(board, image, slot, confirmed);
}

/* A reset that nobody asked for, and that was no loss of power. */
static int isCrash(uint8_t cause)
{
  return (cause != RESET_POWER) && (cause != RESET_RESTART);
}

static uint8_t countFailures(const BootState* state, uint8_t cause)
{
  if (!isCrash(cause))
    return 0;
  return state->failures < UINT8_MAX ? state->failures + 1 : UINT8_MAX;
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

/* What is decided about one boot. */
typedef struct {
  const BootBoard* board;
  BootLog log;
  BootImage* image;
} Boot;

static int isUsable(Boot* boot, int slot)
{
  const char* problem = bootCheck(boot->board, boot->image, slot, boot->log.state.slot);
  if (problem)
    boot->board->refused(boot->board, slot, problem);
  return !problem;
}

/* True when the other slot boots on trial; the trial is used up before it begins. */
static int isTried(Boot* boot, BootState state)
{
  if (!isUsable(boot, !state.slot))
    return 0;
  state.trial = TRIAL_RUNNING;
  return bootLogWrite(&boot->log, state);
}

BootChoice bootSelect(const BootBoard* board, uint8_t cause, BootImage* image)
{
  Boot boot = { .board = board, .image = image };
  BootChoice choice = { .decision = BOOT_CONFIRMED, .cause = cause };
  BootState state;
  uint8_t trial;
  bootLogOpen(&boot.log, board->log);
  state = boot.log.state;
  trial = state.trial;
  state.trial = TRIAL_NONE;
  state.cause = cause;
  state.failures = countFailures(&boot.log.state, cause);
  choice.slot = state.slot;
  choice.failures = state.failures;
  if (trial == TRIAL_RUNNING)
    choice.decision = BOOT_REVERTED;
  else if (trial == TRIAL_ARMED) {
    choice.decision = BOOT_REJECTED;
    if (isTried(&boot, state)) {
      choice.decision = BOOT_TRIAL;
      choice.slot = !state.slot;
      choice.trial = 1;
      return choice;
    }
  }
  if (!isUsable(&boot, state.slot)) {
    choice.decision = isUsable(&boot, !state.slot) ? BOOT_FALLBACK : BOOT_NOTHING;
    if (choice.decision == BOOT_NOTHING)
      return choice;
    choice.slot = state.slot = !state.slot;
  }
  record(&boot.log, state);
  if (state.failures >= BOOT_FAILURES_MAX)
    choice.decision = BOOT_HELD;
  return choice;
}

static const char CANNOT_READ[] = "the boot log cannot be read";
static const char CANNOT_WRITE[] = "the boot log cannot be written";

const char* bootArm(const BootBoard* board, const BootChoice* running)
{
  const char* problem;
  BootImage image;
  BootLog log;
  if (running->trial)
    return "the running image is on trial";
  problem = bootCheck(board, &image, !running->slot, running->slot);
  if (problem)
    return problem;
  if (!bootLogOpen(&log, board->log))
    return CANNOT_READ;
  if (log.state.trial == TRIAL_ARMED)
    return NULL;
  log.state.slot = running->slot;
  log.state.trial = TRIAL_ARMED;
  return bootLogWrite(&log, log.state) ? NULL : CANNOT_WRITE;
}

const char* bootConfirm(const BootBoard* board, BootChoice* running)
{
  BootState state;
  BootLog log;
  if (!bootLogOpen(&log, board->log))
    return CANNOT_READ;
  state = log.state;
  if (!running->trial && !state.failures)
    return NULL;
  state.failures = 0;
  if (running->trial) {
    state.slot = running->slot;
    state.trial = TRIAL_NONE;
  }
  if (!bootLogWrite(&log, state))
    return CANNOT_WRITE;
  running->trial = 0;
  return NULL;
}
