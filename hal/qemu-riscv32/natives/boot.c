/* Natives of hal/xs/board/boot.ts: what the loader selected, and the next selection. */
#include "../images.h"
#include "../machine.h"
#include "../nor.h"
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

static void openLog(xsMachine* the, BootLog* log)
{
  if (!bootLogOpen(log, &norPartitions[NOR_BOOT_LOG].partition))
    xsUnknownError("boot: the boot log cannot be read");
}

void xs_boot_arm(xsMachine* the)
{
  BootChoice* running = &handoff()->choice;
  BootImage image;
  BootLog log;
  const char* problem = NULL;
  if (running->trial)
    problem = "the running image is on trial";
  else if (!imagesKeys())
    problem = "no vendor key";
  else
    problem = imagesCheck(&image, !running->slot, running->slot);
  if (problem)
    xsUnknownError("boot: %s", problem);
  openLog(the, &log);
  if (!bootArm(&log, running))
    xsUnknownError("boot: the boot log cannot be written");
}

void xs_boot_confirm(xsMachine* the)
{
  BootLog log;
  openLog(the, &log);
  if (!bootConfirm(&log, &handoff()->choice))
    xsUnknownError("boot: the boot log cannot be written");
}

void xs_boot_restart(xsMachine* the)
{
  (void)the;
  resetFigures();
  resetNow(RESET_RESTART);
}
