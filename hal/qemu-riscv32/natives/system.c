/* Natives of hal/common/natives/system.ts and of net.ts. */
#include "../../common/base/arguments.h"
#include "../factory.h"
#include "../machine.h"
#include "../net.h"
#include "mc.xs.h"

#define ADDRESS_TEXT_MAX 16

void xs_system_now(xsMachine* the)
{
  xsmcSetNumber(xsResult, (double)clockMs());
}

void xs_system_random(xsMachine* the)
{
  Buffer buffer = toWritable(the, &xsArg(0));
  if (!randomFill(buffer.bytes, buffer.length))
    xsUnknownError("no random bytes");
}

void xs_system_print(xsMachine* the)
{
  consolePut(xsmcToString(xsArg(0)));
  consolePut("\n");
}

void xs_system_provision(xsMachine* the)
{
  uint32_t length;
  const uint8_t* text = factoryFind(FACTORY_PROVISION, NULL, &length);
  if (!text)
    xsUnknownError("the factory sector has no provisioning");
  xsmcSetStringBuffer(xsResult, (char*)text, (xsIntegerValue)length);
}

void xs_system_version(xsMachine* the)
{
  xsmcSetString(xsResult, handoff()->version);
}

void xs_system_security_counter(xsMachine* the)
{
  xsmcSetNumber(xsResult, handoff()->counter);
}

void xs_system_exit(xsMachine* the)
{
  int status = (int)toIndex(the, &xsArg(0));
  resetFigures();
  resetOff(status);
}

void xs_net_start(xsMachine* the)
{
  char parts[4][ADDRESS_TEXT_MAX];
  const char* problem;
  for (int i = 0; i < 4; i++)
    xsmcToStringBuffer(xsArg(i), parts[i], ADDRESS_TEXT_MAX);
  problem = netStart(parts[0], parts[1], parts[2], parts[3]);
  if (problem)
    xsUnknownError("%s", problem);
}
