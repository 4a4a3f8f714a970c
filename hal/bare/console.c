/* The console, the log, and resets: in the loader and in the firmware. */
#include "board.h"
#include "handoff.h"
#include "layout.h"
#include "machine.h"
#include <stdarg.h>
#include <stdio.h>

void (*boardFigures)(void);

Handoff* handoff(void)
{
  return (Handoff*)HANDOFF_BASE;
}

void boardReset(ResetCause cause)
{
  handoff()->cause = cause;
  machineReset();
}

void boardExit(int status)
{
  if (boardFigures)
    boardFigures();
  machineOff(status);
}

void consolePut(const void* bytes, uint32_t length)
{
  const char* p = bytes;
  while (length--)
    machinePut(*p++);
}

void boardPrintLine(const char* text)
{
  while (*text)
    machinePut(*text++);
  machinePut('\n');
}

void boardLog(char level, const char* source, const char* format, ...)
{
  uint32_t ms = (uint32_t)machineMs();
  va_list parts;
  va_start(parts, format);
  printf("[%4lu.%03lu] %c %s: ", (unsigned long)(ms / 1000), (unsigned long)(ms % 1000), level,
      source);
  vprintf(format, parts);
  machinePut('\n');
  va_end(parts);
}
