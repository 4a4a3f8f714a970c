#include "note.h"
#include "../common/base/crc32.h"
#include "idf.h"
#include <stddef.h>

#define NOTE_MAGIC 0x45544F4EU /* "NOTE" */

/* After a loss of power it has any content, so it carries a check of its own. An image that keeps
 * other things in this memory may have it elsewhere: then the note is lost, as with the power. */
static RTC_NOINIT_ATTR struct {
  uint32_t magic;
  uint32_t end;
  uint32_t failures;
  uint32_t check;
} note;

static uint32_t checkOf(void)
{
  return crc32Of(0, &note, offsetof(__typeof__(note), check));
}

static void seal(void)
{
  note.magic = NOTE_MAGIC;
  note.check = checkOf();
}

static int isWhole(void)
{
  return (note.magic == NOTE_MAGIC) && (note.check == checkOf());
}

NoteEnd noteTake(void)
{
  NoteEnd end = isWhole() && (note.end <= NOTE_TRIAL_FAILED) ? (NoteEnd)note.end : NOTE_NONE;
  if (!isWhole())
    note.failures = 0;
  note.end = NOTE_NONE;
  seal();
  return end;
}

void noteEnd(NoteEnd end)
{
  note.end = end;
  seal();
}

uint32_t noteFailures(void)
{
  return note.failures;
}

void noteSetFailures(uint32_t failures)
{
  note.failures = failures;
  seal();
}
