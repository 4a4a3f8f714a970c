/* Natives of datagram.ts. */
#include "../base/arguments.h"
#include "../base/receiver.h"
#include "../base/throw.h"
#include "../net/socket.h"
#include "mc.xs.h"

/* XS calls this with NULL for the prototype object. */
void xs_datagram_destructor(void* data)
{
  if (data)
    datagramClose(data);
}

void xs_datagram(xsMachine* the)
{
  uint32_t number = toIndex(the, &xsArg(0));
  DatagramPort* port;
  if (!number || (number > 65535))
    xsRangeError("port");
  checkNew(the, xs_datagram_destructor);
  port = datagramOpen((uint16_t)number);
  if (!port)
    throwKind(the, "refused", "the port cannot be had");
  xsmcSetHostData(xsThis, port);
}

void xs_datagram_receive(xsMachine* the)
{
  DatagramPort* port = toReceiver(the, xs_datagram_destructor);
  Buffer buffer = toWritable(the, &xsArg(0));
  xsmcSetInteger(xsResult, (xsIntegerValue)datagramReceive(port, buffer.bytes, buffer.length));
}
