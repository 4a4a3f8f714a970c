/* The end of a program that cannot go on: cause and place on the console, then a reset whose cause
 * the next boot knows. */
#ifndef PANIC_H
#define PANIC_H

#include <stdint.h>

/* A trap, as the machine has found it. */
typedef struct {
  const char* what; /* what the program did; NULL: it gave the watchdog no sign of life */
  uint32_t pc;
  uint32_t address; /* that was touched, if one was */
  uint32_t caller; /* the return address in its register */
  const uint32_t* stack; /* the stack of the program, which may be broken */
} Trap;

/* Traps run on this stack. */
#define PANIC_STACK_BYTES 2048
extern uint32_t panicStack[PANIC_STACK_BYTES / 4];

void panicTrap(const Trap* trap) __attribute__((noreturn));
/* A trap while a panic is told: the rest of the story is lost, the reset is not. */
void panicAgain(void) __attribute__((noreturn));
void panic(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
