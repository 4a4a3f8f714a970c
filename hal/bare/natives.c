/* Natives of bare-metal boards alone: board.ts. */
#include "../common/net/tls.h"
#include "factory.h"
#include "net.h"
#include "xsmc.h"
#include "mc.xs.h"

#define ADDRESS_TEXT_MAX 16

/* Trusts the authorities in the factory sector: their certificates stay in flash. */
void xs_factory_trust(xsMachine* the)
{
  uint32_t length;
  const uint8_t* authority = NULL;
  const char* problem = NULL;
  while (!problem && (authority = factoryFind(FACTORY_CA, authority, &length)))
    problem = tlsTrust(authority, length);
  if (problem)
    xsUnknownError("factory sector: authority for TLS: %s", problem);
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
