/* See panic.h. */
#include "panic.h"
#include "board.h"
#include <stdarg.h>
#include <stdio.h>

#define CALLS_MAX 12
#define STACK_WORDS_MAX 2048

extern char __data_start[], __stack_top[], __text_end[], _start[];

uint32_t panicStack[PANIC_STACK_BYTES / 4] __attribute__((aligned(16)));

static int isCode(uint32_t address)
{
  return (address >= (uint32_t)_start) && (address < (uint32_t)__text_end);
}

/* What looks like return addresses on the stack, the innermost first: for addr2line. */
static void printCalls(const uint32_t* sp)
{
  uint32_t at = (uint32_t)sp, top = (uint32_t)__stack_top;
  int calls = 0;
  if ((at % 4) || (at < (uint32_t)__data_start) || (at > top))
    return;
  printf("  stack:");
  for (int i = 0; (i < STACK_WORDS_MAX) && (sp + i < (const uint32_t*)top) && (calls < CALLS_MAX);
       i++)
    if (isCode(sp[i])) {
      printf(" %08lx", (unsigned long)sp[i]);
      calls++;
    }
  printf("\n");
}

void panicTrap(const Trap* trap)
{
  printf("\n");
  if (trap->what)
    boardLog('E', "board", "panic: %s at %08lx, address %08lx", trap->what, (unsigned long)trap->pc,
        (unsigned long)trap->address);
  else
    boardLog('E', "board", "watchdog: the program gave no sign of life, at %08lx",
        (unsigned long)trap->pc);
  printf("  called from %08lx\n", (unsigned long)trap->caller);
  printCalls(trap->stack);
  boardReset(trap->what ? RESET_PANIC : RESET_WATCHDOG);
}

void panicAgain(void)
{
  boardReset(RESET_PANIC);
}

void panic(const char* format, ...)
{
  char text[160];
  va_list parts;
  va_start(parts, format);
  vsnprintf(text, sizeof(text), format, parts);
  va_end(parts);
  boardLog('E', "board", "panic: %s", text);
  printCalls(__builtin_frame_address(0));
  boardReset(RESET_PANIC);
}
