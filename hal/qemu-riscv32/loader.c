/* The boot loader: why was this a reset, which slot, is its image good; then it runs. When nothing
 * can run it asks for an image; after crashes in a row it does so for a while, before it goes on.
 */
#include "firmware.h"
#include "images.h"
#include "machine.h"
#include "map.h"
#include "nor.h"
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

static void refused(const BootBoard* board, int slot, const char* why)
{
  (void)board;
  consoleLog('E', "boot", "slot %c cannot be booted: %s", 'A' + slot, why);
}

static void logChoice(const BootChoice* choice)
{
  static const char* const causes[] = { "power", "restart", "watchdog", "panic", "unknown" };
  static const char* const decisions[] = { "", ", on trial", ", the trial was not confirmed",
    ", the armed image is bad", ", the selected image is bad", "", "" };
  if (choice->decision == BOOT_NOTHING)
    consoleLog('E', "boot", "no slot can be booted, cause %s", causes[choice->cause]);
  else
    consoleLog('I', "boot", "slot %c, version %s, cause %s%s", 'A' + choice->slot, image.version,
        causes[choice->cause], decisions[choice->decision]);
  if (choice->decision == BOOT_HELD)
    consoleLog('E', "boot", "%u crashes in a row: the image starts again in %u min",
        choice->failures, (unsigned)bootPauseMinutes(choice->failures));
}

static void runImage(void)
{
  memcpy((void*)WINDOW_BASE, image.payload, ((const FirmwareHead*)image.payload)->length);
  __asm volatile("fence.i");
  watchdogFeed(); /* an image that hangs before it knows of the watchdog is reset, too */
  ((void (*)(void))WINDOW_BASE)();
}

int main(void)
{
  ResetCause cause = takeCause();
  const BootBoard* board = imagesBoard(refused);
  BootChoice choice;
  if (!board->keyCount)
    consoleLog('E', "boot", "the factory sector has no vendor key");
  choice = bootSelect(board, cause, &image);
  logChoice(&choice);
  handoff()->choice = choice;
  memcpy(handoff()->version, image.version, sizeof(image.version));
  handoff()->counter = image.counter;
  if ((choice.decision == BOOT_NOTHING) || (choice.decision == BOOT_HELD))
    recover(&choice);
  runImage();
}
