/* Natives of hal/common/natives/datagram.ts. */
#include "../base/arguments.h"
#include "../base/receiver.h"
#include "../base/throw.h"
#include "mc.xs.h"
#include "../bsd/socket.h"

/* XS calls this with NULL for the prototype object. */
void xs_datagram_destructor(void* data)
{
  if (data)
    socketClose(data);
}

void xs_datagram(xsMachine* the)
{
  uint32_t port = toIndex(the, &xsArg(0));
  Socket* socket;
  if (!port || (port > 65535))
    xsRangeError("port");
  checkNew(the, xs_datagram_destructor);
  socket = datagramOpen((uint16_t)port);
  if (!socket)
    throwKind(the, "refused", "the port cannot be had");
  xsmcSetHostData(xsThis, socket);
}

void xs_datagram_receive(xsMachine* the)
{
  Socket* socket = toReceiver(the, xs_datagram_destructor);
  Buffer buffer = toWritable(the, &xsArg(0));
  xsmcSetInteger(xsResult, (xsIntegerValue)datagramReceive(socket, buffer.bytes, buffer.length));
}
