/* Reset of the process: it executes itself again, as a chip starts again, and tells the new one
 * why. */
#ifndef HOST_RESET_H
#define HOST_RESET_H

#include "../common/boot/log.h"

/* Remembers the arguments; gives the reset cause that the process before left, RESET_POWER when
 * there was none. */
ResetCause resetStart(void);
/* Panic when the process crashes, and when `timeoutMs` pass without resetFeed; 0: no watchdog. */
void resetGuard(int timeoutMs);
void resetFeed(void);
/* No watchdog until the next resetFeed: for waiting. */
void resetPause(void);
/* Whether the switch was used (SIGTERM). A second use of it does not ask the program. */
int resetOff(void);
/* Keeps this file open through resets; every other one but the standard three is closed. */
void resetKeep(int file);
/* Runs the program again from its start. Safe in a signal handler. */
void resetNow(ResetCause cause) __attribute__((noreturn));

#endif
