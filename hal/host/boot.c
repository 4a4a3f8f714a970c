/* Natives of hal/common/natives/boot.ts: what was selected, and the next selection. */
#include "board.h"
#include "xsmc.h"
#include "mc.xs.h"

static HostBoard* boardOf(xsMachine* the)
{
  HostBoard* board = hostBoard();
  if (!board)
    xsUnknownError("there is no board");
  return board;
}

void xs_boot_slot(xsMachine* the)
{
  xsmcSetInteger(xsResult, boardOf(the)->choice.slot);
}

void xs_boot_trial(xsMachine* the)
{
  xsmcSetInteger(xsResult, boardOf(the)->choice.trial);
}

void xs_boot_cause(xsMachine* the)
{
  xsmcSetInteger(xsResult, boardOf(the)->choice.cause);
}

void xs_boot_failures(xsMachine* the)
{
  xsmcSetInteger(xsResult, boardOf(the)->choice.failures);
}

void xs_boot_arm(xsMachine* the)
{
  const char* problem = hostArm();
  if (problem)
    xsUnknownError("boot: %s", problem);
}

void xs_boot_confirm(xsMachine* the)
{
  const char* problem = hostConfirm();
  if (problem)
    xsUnknownError("boot: %s", problem);
}

void xs_boot_restart(xsMachine* the)
{
  (void)the;
  hostRestart();
}
