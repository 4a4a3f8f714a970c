/* The console of bare-metal boards, on a computer: what comes in at the standard input is typed,
 * and what a program reads of it goes out. '|' is where the program looks, and reads all. */
#include "machine.h"
#include "board.h"
#include <stdio.h>
#include <stdlib.h>

static int isOver;

int machineGet(void)
{
  int byte = getchar();
  isOver = byte < 0;
  return byte == '|' ? -1 : byte;
}

void machinePut(char byte)
{
  putchar(byte);
}

uint64_t machineMs(void)
{
  return 0;
}

void machineReset(void)
{
  abort();
}

void machineOff(int status)
{
  exit(status);
}

int main(void)
{
  while (!isOver) {
    consoleTake();
    for (int byte; (byte = boardTyped()) >= 0;)
      machinePut((char)byte);
  }
  return 0;
}
