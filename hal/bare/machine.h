/* What a chip gives: its machine.c, after its start.S has made a stack and called bareStart. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

/* Console: a byte goes out as it is; the next byte that came in, or -1. A program that waits asks
 * for it every millisecond: at 115200 baud 16 bytes of room do. */
void machinePut(char byte);
int machineGet(void);

/* Milliseconds since reset. */
uint64_t machineMs(void);
/* Milliseconds since 1970. */
uint64_t machineCalendarMs(void);
/* Sleeps for at most so many microseconds; then the watchdog starts anew. */
void machineSleep(uint32_t microseconds);

/* The watchdog resets when it is not fed for 10 s: its trap calls panicTrap. */
void machineFeed(void);
void machineUnwatch(void);

/* Resets the machine. Safe in a trap. */
void machineReset(void) __attribute__((noreturn));
/* Switches the machine off, where it can be; the status is for an emulator. */
void machineOff(int status) __attribute__((noreturn));

/* Unpredictable bytes, at most `length`: how many; 0: there are none. */
uint32_t machineEntropy(void* bytes, uint32_t length);

/* Runs the firmware that the loader has put in the window: a jump to its first instruction. */
void machineRun(void) __attribute__((noreturn));

#endif
