/* Natives of boot.ts: what was selected, and the next selection. */
#include "board.h"
#include "xsmc.h"
#include "mc.xs.h"

static void check(xsMachine* the, const char* problem)
{
  if (problem)
    xsUnknownError("boot: %s", problem);
}

static BootChoice running(xsMachine* the)
{
  BootChoice choice;
  check(the, boardRunning(&choice));
  return choice;
}

void xs_boot_slot(xsMachine* the)
{
  xsmcSetInteger(xsResult, running(the).slot);
}

void xs_boot_trial(xsMachine* the)
{
  xsmcSetInteger(xsResult, running(the).trial);
}

void xs_boot_cause(xsMachine* the)
{
  xsmcSetInteger(xsResult, running(the).cause);
}

void xs_boot_failures(xsMachine* the)
{
  xsmcSetInteger(xsResult, running(the).failures);
}

void xs_boot_arm(xsMachine* the)
{
  check(the, boardArm());
}

void xs_boot_confirm(xsMachine* the)
{
  check(the, boardConfirm());
}

void xs_boot_restart(xsMachine* the)
{
  (void)the;
  boardRestart();
}
