/* Natives of system.ts: clock, randomness, console, provisioning. */
#include "../base/arguments.h"
#include "board.h"
#include "mc.xs.h"
#include <stdlib.h>

void xs_system_now(xsMachine* the)
{
  xsmcSetNumber(xsResult, boardNow());
}

void xs_system_random(xsMachine* the)
{
  Buffer buffer = toWritable(the, &xsArg(0));
  if (!boardRandom(buffer.bytes, buffer.length))
    xsUnknownError("no random bytes");
}

void xs_system_print(xsMachine* the)
{
  boardPrintLine(xsmcToString(xsArg(0)));
}

void xs_system_provision(xsMachine* the)
{
  BoardText text = { 0 };
  const char* problem = boardProvision(&text);
  if (problem)
    xsUnknownError("%s", problem);
  xsmcSetStringBuffer(xsResult, (char*)text.bytes, (xsIntegerValue)text.length);
  free(text.allocated);
}

void xs_system_version(xsMachine* the)
{
  xsmcSetString(xsResult, (char*)boardVersion());
}

void xs_system_security_counter(xsMachine* the)
{
  xsmcSetNumber(xsResult, boardSecurityCounter());
}

void xs_system_exit(xsMachine* the)
{
  boardExit((int)toIndex(the, &xsArg(0)));
}
