/* See report.h. */
#include "report.h"
#include "../natives/board.h"

void bootReport(const BootChoice* choice, const BootImage* image)
{
  static const char* const causes[] = { "power", "restart", "watchdog", "panic", "unknown" };
  static const char* const decisions[] = { "", ", on trial", ", the trial was not confirmed",
    ", the armed image is bad", ", the selected image is bad", "", "" };
  if (choice->decision == BOOT_NOTHING)
    boardLog('E', "boot", "no slot can be booted, cause %s", causes[choice->cause]);
  else
    boardLog('I', "boot", "slot %c, version %s, cause %s%s", 'A' + choice->slot, image->version,
        causes[choice->cause], decisions[choice->decision]);
}

void bootReportRefused(const BootBoard* board, int slot, const char* why)
{
  (void)board;
  boardLog('E', "boot", "slot %c cannot be booted: %s", 'A' + slot, why);
}
