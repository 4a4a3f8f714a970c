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

#define TYPED_BYTES 1024u

static uint8_t typed[TYPED_BYTES];
static uint32_t typedFrom, typedTo;

/* What does not fit is dropped, but for the end of a line: it takes the place of the last byte, so
 * that the next line is one of its own. */
static void keep(uint8_t byte)
{
  int isFull = typedTo - typedFrom == TYPED_BYTES;
  if (isFull && (byte == '\n'))
    typed[(typedTo - 1) % TYPED_BYTES] = byte;
  else if (!isFull)
    typed[typedTo++ % TYPED_BYTES] = byte;
}

/* A terminal ends a line with a carriage return, and perhaps a line feed behind it. */
ConsoleNews consoleTake(void)
{
  static int before;
  ConsoleNews news = CONSOLE_SILENT;
  for (int byte; (byte = machineGet()) >= 0; before = byte) {
    int isEnd = (byte == '\r') || ((byte == '\n') && (before != '\r'));
    if (byte == CONSOLE_OFF)
      boardExit(0);
    if (news != CONSOLE_LINE)
      news = isEnd ? CONSOLE_LINE : CONSOLE_TYPED;
    if (isEnd || (byte != '\n'))
      keep(isEnd ? '\n' : (uint8_t)byte);
  }
  return news;
}

int boardTyped(void)
{
  return typedFrom == typedTo ? -1 : typed[typedFrom++ % TYPED_BYTES];
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
