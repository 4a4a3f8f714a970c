/* The boot loader: why was this a reset, which slot, is its image good; then it runs. When nothing
 * can run it asks for an image; after crashes in a row it does so for a while, before it goes on.
 */
#include "../common/boot/report.h"
#include "board.h"
#include "chip.h"
#include "firmware.h"
#include "handoff.h"
#include "images.h"
#include "layout.h"
#include "machine.h"
#include "partitions.h"
#include "recovery.h"
#include <string.h>

static BootImage image;

/* What the reset before left. The cause is used up, and a reset that leaves none is of a kind that
 * this program does not know. */
static ResetCause takeCause(void)
{
  Handoff* kept = handoff();
  ResetCause cause = RESET_POWER;
  if (kept->magic == HANDOFF_MAGIC)
    cause = kept->cause <= RESET_UNKNOWN ? (ResetCause)kept->cause : RESET_UNKNOWN;
  else
    kept->cutLeft = kept->plan & PLAN_NUMBER;
  kept->magic = HANDOFF_MAGIC;
  kept->cause = RESET_UNKNOWN;
  return cause;
}

static void runImage(void)
{
  memcpy((void*)WINDOW_BASE, image.payload, ((const FirmwareHead*)image.payload)->length);
  machineFeed(); /* an image that hangs before it knows of the watchdog is reset, too */
  machineRun();
}

int main(void)
{
  ResetCause cause = takeCause();
  const BootBoard* board;
  BootChoice choice;
  if (!chipStart())
    boardLog('E', "boot", "the flash cannot be read");
  board = imagesBoard(bootReportRefused);
  if (!board->keyCount)
    boardLog('E', "boot", "the factory sector has no vendor key");
  choice = bootSelect(board, cause, &image);
  bootReport(&choice, &image);
  if (choice.decision == BOOT_HELD)
    boardLog('E', "boot", "%u crashes in a row: the image starts again in %u min", choice.failures,
        (unsigned)bootPauseMinutes(choice.failures));
  handoff()->choice = choice;
  memcpy(handoff()->version, image.version, sizeof(image.version));
  handoff()->counter = image.counter;
  if ((choice.decision == BOOT_NOTHING) || (choice.decision == BOOT_HELD))
    recover(&choice);
  runImage();
}
