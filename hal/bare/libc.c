/* What picolibc asks of a board: its streams, its memory, the end, the calendar. */
#include "board.h"
#include "machine.h"
#include "panic.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

extern char __heap_start[], __heap_end[];

static int putStream(char c, FILE* stream)
{
  (void)stream;
  machinePut(c);
  return (unsigned char)c;
}

static FILE console = FDEV_SETUP_STREAM(putStream, NULL, NULL, _FDEV_SETUP_WRITE);
FILE* const stdout = &console;
FILE* const stderr = &console;
FILE* const stdin = &console;

static char* arenaNext = __heap_start;
static char* arenaEnd = __heap_end;

void memoryArena(char* start, char* end)
{
  arenaNext = start;
  arenaEnd = end;
}

char* memoryEnd(void)
{
  return arenaNext;
}

void* sbrk(ptrdiff_t length)
{
  char* start = arenaNext;
  if (length > arenaEnd - arenaNext)
    return (void*)-1;
  arenaNext += length;
  return start;
}

void _exit(int status)
{
  machineOff(status);
}

void abort(void)
{
  panic("abort");
}

int gettimeofday(struct timeval* now, void* zone)
{
  uint64_t ms = machineCalendarMs();
  (void)zone;
  now->tv_sec = (time_t)(ms / 1000);
  now->tv_usec = (suseconds_t)(ms % 1000 * 1000);
  return 0;
}
