/* What the shared natives ask of a board, in plain C. A board that gives these functions and the
 * sockets of ../net/socket.h needs no native of its own. `const char*` results are NULL when it is
 * done, else a sentence that says why not. */
#ifndef HAL_BOARD_H
#define HAL_BOARD_H

#include "../boot/partition.h"
#include "../boot/select.h"

/* Boot of hal.ts. `running` is set when NULL is returned. */
const char* boardRunning(BootChoice* running);
const char* boardArm(void);
const char* boardConfirm(void);
void boardRestart(void) __attribute__((noreturn));

/* Flash of hal.ts: "store", or "staging", the slot that does not run. The partition stays open. It
 * is given ranges that are inside it and aligned; a write to bytes that do not read as erased fails
 * and writes nothing. "base" is Base of hal.ts: blocks of one byte, without `write` and `erase`. */
const char* boardPartition(const char* name, const Partition** partition);

/* Milliseconds since reset. */
double boardNow(void);
/* Fills `bytes` with unpredictable values. 0: there are none. */
int boardRandom(void* bytes, uint32_t length);
/* Writes a line to the serial console; the text has no line end. */
void boardPrintLine(const char* text);
/* The next byte that came in at the console, a line feed at the end of each line; -1: there is none
 * now. Only boards with typed.c give this. */
int boardTyped(void);
/* A line of the board itself, in the form of all log lines; level is E, W, I or D. */
void boardLog(char level, const char* source, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

typedef struct {
  const char* bytes;
  uint32_t length;
  void* allocated; /* the caller frees it when it has taken the text; NULL: the text stays */
} BoardText;

/* The provisioning text. */
const char* boardProvision(BoardText* text);
/* The version of the running image. */
const char* boardVersion(void);
/* Its security counter, from its signed part; 0: it has none. */
uint32_t boardSecurityCounter(void);
/* Switches the board off, where it can be. */
void boardExit(int status) __attribute__((noreturn));

/* Starts the watchdog anew: after each write and erase, since one step may fill a whole slot. */
void boardFeed(void);
/* Waits until a socket can do what it could not when it was last asked, or the time is over, and
 * feeds the watchdog. */
void boardWait(uint32_t timeoutMs);

#endif
