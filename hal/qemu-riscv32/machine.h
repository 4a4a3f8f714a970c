/* The bare machine: console, clocks, reset, and what is kept through a reset. QEMU's riscv "virt".
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>
#include "../common/boot/image.h"
#include "../common/boot/select.h"

/* In RAM that no program initializes. Zero after power-on. */
typedef struct {
  uint32_t
      plan; /* set from outside at every reset, PLAN_… of nor.h: a planned power cut; 0: none */
  uint32_t magic; /* HANDOFF_MAGIC once the loader has run since power-on */
  uint32_t cause; /* ResetCause for the next boot */
  uint32_t cutLeft; /* flash operations until the planned cut, counted on through resets; 0: none is
                       planned */
  BootChoice choice; /* what the loader has selected */
  char version[BOOT_VERSION_TEXT]; /* of the image that runs */
  uint32_t counter; /* its security counter */
} Handoff;

#define HANDOFF_MAGIC 0x46464F48u

Handoff* handoff(void);

void consolePut(const char* text);
void consolePutBytes(const void* bytes, uint32_t length);
/* The next byte that came in, or -1. */
int consoleGet(void);
/* Control-D: a program that waits, and finds this, says what it took, and switches the board off.
 */
#define CONSOLE_OFF 4
/* A line of the board itself, in the form of all log lines; level is E, W, I or D. */
void consoleLog(char level, const char* source, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

/* Milliseconds since reset. */
uint64_t clockMs(void);
/* Sleeps for so many ticks of 100 ns; then the watchdog starts anew. */
void clockSleep(uint32_t ticks);
/* The low half of the processor's count of cycles. */
uint32_t clockCycles(void);

/* Resets the machine; the loader will say why. Safe in a trap. */
void resetNow(ResetCause cause) __attribute__((noreturn));
/* Switches the machine off: QEMU ends with this status. */
void resetOff(int status) __attribute__((noreturn));

/* Says what the program took of its RAM; when it ends. Does nothing in the loader. */
extern void (*resetFigures)(void);

/* Where malloc takes its memory from, before its first call: the rest of the RAM unless told. */
void memoryArena(char* start, char* end);
/* The end of what it has taken. */
char* memoryEnd(void);

/* Resets when the program does not feed it in time. */
void watchdogFeed(void);
void watchdogOff(void);

/* Says why and where, and resets. panicWhere, if set, tells what else is known. */
extern void (*panicWhere)(void);
void panic(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Unpredictable bytes from the host. 0: there is no device for it. */
int randomFill(void* bytes, uint32_t length);

#endif
