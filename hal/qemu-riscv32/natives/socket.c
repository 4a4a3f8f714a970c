/* Natives of hal/common/natives/socket.ts and of tls.ts. */
#include "../../common/base/arguments.h"
#include "../../common/base/receiver.h"
#include "../../common/base/throw.h"
#include "../machine.h"
#include "../connection.h"
#include "mc.xs.h"

#define NAME_BYTES_MAX 256
#define WAIT_MS_MAX 1000

/* XS calls this with NULL for the prototype object and for instances that were closed. */
void xs_socket_destructor(void* data)
{
  if (data)
    connectionClose(data);
}

static void throwFailure(xsMachine* the, const char* kind)
{
  char message[64];
  snprintf(message, sizeof(message), "socket: %s", kind);
  throwKind(the, kind, message);
}

static void open(xsMachine* the, int isSecure)
{
  uint32_t port = toIndex(the, &xsArg(1));
  char name[NAME_BYTES_MAX];
  Connection* socket;
  xsmcToStringBuffer(xsArg(0), name, sizeof(name));
  if (!port || (port > 65535))
    xsRangeError("port");
  checkNew(the, xs_socket_destructor);
  socket = connectionOpen(name, (uint16_t)port, isSecure);
  if (!socket)
    throwFailure(the, "broken");
  xsmcSetHostData(xsThis, socket);
}

void xs_socket(xsMachine* the)
{
  open(the, 0);
}

void xs_socket_secure(xsMachine* the)
{
  open(the, 1);
}

void xs_tls_trust(xsMachine* the)
{
  const char* problem = connectionTrust();
  if (problem)
    xsUnknownError("factory sector: authority for TLS: %s", problem);
}

void xs_socket_read(xsMachine* the)
{
  Connection* socket = toReceiver(the, xs_socket_destructor);
  Buffer buffer = toWritable(the, &xsArg(0));
  long count = connectionRead(socket, buffer.bytes, buffer.length);
  if (count == -2)
    throwFailure(the, connectionKind(socket));
  xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

void xs_socket_write(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  Connection* socket = toReceiver(the, xs_socket_destructor);
  Buffer buffer = toReadable(the, &xsArg(0));
  long count;
  checkRange(the, from, buffer.length, buffer.length);
  count = connectionWrite(socket, buffer.bytes + from, buffer.length - from);
  if (count == -2)
    throwFailure(the, connectionKind(socket));
  xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

/* A second close does nothing; every other call after a close throws SyntaxError. */
void xs_socket_close(xsMachine* the)
{
  xs_socket_destructor(takeReceiver(the, xs_socket_destructor));
}

void xs_socket_wait(xsMachine* the)
{
  xsNumberValue value = xsmcToNumber(xsArg(0));
  socketWait(value > 0 ? (value < WAIT_MS_MAX ? (uint32_t)value + 1 : WAIT_MS_MAX) : 0);
  watchdogFeed();
}
