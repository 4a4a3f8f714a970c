/* What survives a reset and is lost with the power: how the program ended, and how often in a row
 * it ended badly. */
#ifndef ESP32_NOTE_H
#define ESP32_NOTE_H

#include <stdint.h>

/* NOTE_NONE: the program did not end by its own will. NOTE_TRIAL_FAILED: it failed, and the boot
 * loader goes back to the image before. */
typedef enum { NOTE_NONE, NOTE_RESTART, NOTE_FAILED, NOTE_TRIAL_FAILED } NoteEnd;

/* Takes the note of the run before; this run has left none yet. */
NoteEnd noteTake(void);
/* How this run ends, just before it restarts. */
void noteEnd(NoteEnd end);
/* Ends in a row that were bad; 0 after a loss of power. */
uint32_t noteFailures(void);
void noteSetFailures(uint32_t failures);

#endif
