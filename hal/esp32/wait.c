/* What hal/common/natives/socket.c asks of a board. Its waits give way to the other tasks, so the
   idle task feeds the watchdog; nobody switches this board off. */
#include "../host/board.h"
#include "../host/reset.h"
#include "slots.h"

void resetPause(void)
{
}

void resetFeed(void)
{
}

int resetOff(void)
{
  return 0;
}

void hostExit(int status)
{
  (void)status;
  slotRestart(0);
}
