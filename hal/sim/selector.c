/* What the two ways to the selector have in common; selector.h says what for. */
#include "selector.h"
#include <stddef.h>

int selectorKeys(BootKey keys[BOOT_KEYS_MAX], const uint8_t* der, uint32_t length)
{
  int count = 0;
  for (uint32_t at = 0, taken; at < length; at += taken) {
    taken = count == BOOT_KEYS_MAX ? 0 : bootKey(&keys[count++], der + at, length - at);
    if (!taken)
      return -1;
  }
  return count;
}

static uint32_t tell(const BootBoard* board, BootChoice choice)
{
  BootLog log;
  bootLogOpen(&log, board->log);
  return (uint32_t)choice.decision << TOLD_DECISION | (uint32_t)choice.slot << TOLD_SLOT
      | (uint32_t)choice.trial << TOLD_TRIAL | (uint32_t)choice.cause << TOLD_CAUSE
      | (uint32_t)log.state.slot << TOLD_STATE_SLOT | (uint32_t)log.state.trial << TOLD_STATE_TRIAL
      | (uint32_t)choice.failures << TOLD_FAILURES;
}

static BootChoice choiceOf(uint32_t told)
{
  return (BootChoice){ .decision = (BootDecision)(told >> TOLD_DECISION & 15),
    .slot = told >> TOLD_SLOT & 1,
    .trial = told >> TOLD_TRIAL & 1,
    .cause = told >> TOLD_CAUSE & 7,
    .failures = (uint8_t)(told >> TOLD_FAILURES) };
}

uint32_t selectorSelect(const BootBoard* board, uint8_t cause)
{
  BootImage image;
  return tell(board, bootSelect(board, cause, &image));
}

SelectorResult selectorArm(const BootBoard* board, uint32_t told)
{
  BootChoice choice = choiceOf(told);
  const char* problem = bootArm(board, &choice);
  return (SelectorResult){ problem, problem ? told : tell(board, choice) };
}

SelectorResult selectorConfirm(const BootBoard* board, uint32_t told)
{
  BootChoice choice = choiceOf(told);
  const char* problem = bootConfirm(board, &choice);
  return (SelectorResult){ problem, problem ? told : tell(board, choice) };
}
