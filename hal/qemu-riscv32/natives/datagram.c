/* Natives of hal/xs/board/datagram.ts. The board has one port, which stays open. */
#include "../../xs/base/arguments.h"
#include "../../xs/base/receiver.h"
#include "../../xs/base/throw.h"
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
