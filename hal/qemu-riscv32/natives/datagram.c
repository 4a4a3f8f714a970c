/* Natives of hal/common/natives/datagram.ts. The board has one port, which stays open. */
#include "../../common/base/arguments.h"
#include "../../common/base/receiver.h"
#include "../../common/base/throw.h"
#include "../net.h"
#include "mc.xs.h"

void xs_datagram_destructor(void* data)
{
  (void)data;
}

void xs_datagram(xsMachine* the)
{
  uint32_t port = toIndex(the, &xsArg(0));
  const char* problem;
  if (!port || (port > 65535))
    xsRangeError("port");
  checkNew(the, xs_datagram_destructor);
  problem = datagramOpen((uint16_t)port);
  if (problem)
    throwKind(the, "refused", problem);
}

void xs_datagram_receive(xsMachine* the)
{
  Buffer buffer = toWritable(the, &xsArg(0));
  xsmcSetInteger(xsResult, (xsIntegerValue)datagramReceive(buffer.bytes, buffer.length));
}
