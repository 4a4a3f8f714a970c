/* Natives of hal/common/natives/boot.ts: what the loader selected, and the next selection. */
#include "../images.h"
#include "../machine.h"
#include "xsmc.h"
#include "mc.xs.h"

void xs_boot_slot(xsMachine* the)
{
  xsmcSetInteger(xsResult, handoff()->choice.slot);
}

void xs_boot_trial(xsMachine* the)
{
  xsmcSetInteger(xsResult, handoff()->choice.trial);
}

void xs_boot_cause(xsMachine* the)
{
  xsmcSetInteger(xsResult, handoff()->choice.cause);
}

void xs_boot_failures(xsMachine* the)
{
  xsmcSetInteger(xsResult, handoff()->choice.failures);
}

void xs_boot_arm(xsMachine* the)
{
  const char* problem = bootArm(imagesBoard(NULL), &handoff()->choice);
  if (problem)
    xsUnknownError("boot: %s", problem);
}

void xs_boot_confirm(xsMachine* the)
{
  const char* problem = bootConfirm(imagesBoard(NULL), &handoff()->choice);
  if (problem)
    xsUnknownError("boot: %s", problem);
}

void xs_boot_restart(xsMachine* the)
{
  (void)the;
  resetFigures();
  resetNow(RESET_RESTART);
}
