/* The end of a program that cannot go on: cause and place on the console, then a reset whose cause
 * the next boot knows. */
#include "machine.h"
#include <stdarg.h>
#include <stdio.h>

#define WATCHDOG_CAUSE 0x80000007u
#define PANIC_STACK_WORDS 512 /* as start.S has it, in bytes */
#define CALLS_MAX 12
#define STACK_WORDS_MAX 2048

extern char __data_start[], __stack_top[], __text_end[], _start[];
void panicTrap(uint32_t cause, uint32_t pc, uint32_t address, uint32_t ra, const uint32_t* sp)
    __attribute__((noreturn));

void (*panicWhere)(void);
/* start.S switches to it: the stack of the program may be what is broken. */
uint32_t panicStack[PANIC_STACK_WORDS] __attribute__((aligned(16)));

static const char* nameOf(uint32_t cause)
{
  static const char* const names[] = { "misaligned jump", "jump to where no code is",
    "illegal instruction", "breakpoint", "misaligned load", "load from where nothing is",
    "misaligned store", "store to where nothing may be stored" };
  return cause < sizeof(names) / sizeof(*names) ? names[cause] : "trap";
}

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

static void tell(void)
{
  void (*where)(void) = panicWhere;
  panicWhere = NULL;
  if (where)
    where();
}

void panicTrap(uint32_t cause, uint32_t pc, uint32_t address, uint32_t ra, const uint32_t* sp)
{
  int isWatchdog = cause == WATCHDOG_CAUSE;
  printf("\n");
  if (isWatchdog)
    consoleLog(
        'E', "board", "watchdog: the program gave no sign of life, at %08lx", (unsigned long)pc);
  else
    consoleLog('E', "board", "panic: %s at %08lx, address %08lx", nameOf(cause), (unsigned long)pc,
        (unsigned long)address);
  printf("  called from %08lx\n", (unsigned long)ra);
  printCalls(sp);
  tell();
  resetNow(isWatchdog ? RESET_WATCHDOG : RESET_PANIC);
}

void panic(const char* format, ...)
{
  char text[160];
  va_list parts;
  va_start(parts, format);
  vsnprintf(text, sizeof(text), format, parts);
  va_end(parts);
  consoleLog('E', "board", "panic: %s", text);
  printCalls(__builtin_frame_address(0));
  tell();
  resetNow(RESET_PANIC);
}
