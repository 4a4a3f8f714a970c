/* What the files of this folder give each other, besides hal/common/natives/board.h. */
#ifndef BARE_BOARD_H
#define BARE_BOARD_H

#include "../common/natives/board.h"

/* Resets the machine; the loader will say why. Safe in a trap. */
void boardReset(ResetCause cause) __attribute__((noreturn));

/* Control-D: a program that waits, and finds this, says what it took, and switches the board off.
 */
#define CONSOLE_OFF 4
typedef enum { CONSOLE_SILENT, CONSOLE_TYPED, CONSOLE_LINE } ConsoleNews;
/* Takes what came in at the console, and keeps it for boardTyped; while the program waits. LINE: an
 * end of a line was there. */
ConsoleNews consoleTake(void);
/* Writes bytes to the console as they are. */
void consolePut(const void* bytes, uint32_t length);

/* Says what the program took of its RAM; when it ends. NULL in the loader. */
extern void (*boardFigures)(void);

/* Where malloc takes its memory from, before its first call: the rest of the RAM unless told. */
void memoryArena(char* start, char* end);
/* The end of what it has taken. */
char* memoryEnd(void);

#endif
