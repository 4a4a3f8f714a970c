/* Natives of hal/common/natives/socket.ts. */
#include "../base/arguments.h"
#include "../base/receiver.h"
#include "../base/throw.h"
#include "../../host/board.h"
#include "mc.xs.h"
#include "../../host/reset.h"
#include "../bsd/socket.h"
#include <stdio.h>

#define NAME_BYTES_MAX 256

/* A wait never lasts longer, so that a wake-up that was missed costs a second and not the session.
 */
#define WAIT_MS_MAX 1000

/* XS calls this with NULL for the prototype object and for instances that were closed. */
void xs_socket_destructor(void* data)
{
  if (data)
    socketClose(data);
}

static void throwFailure(xsMachine* the, const char* kind)
{
  char message[64];
  snprintf(message, sizeof(message), "socket: %s", kind);
  throwKind(the, kind, message);
}

void xs_socket(xsMachine* the)
{
  uint32_t port = toIndex(the, &xsArg(1));
  char name[NAME_BYTES_MAX];
  const char* kind = NULL;
  Socket* socket;
  xsmcToStringBuffer(xsArg(0), name, sizeof(name));
  if (!port || (port > 65535))
    xsRangeError("port");
  checkNew(the, xs_socket_destructor);
  socket = socketOpen(name, (uint16_t)port, &kind);
  if (!socket)
    throwFailure(the, kind);
  xsmcSetHostData(xsThis, socket);
}

void xs_socket_read(xsMachine* the)
{
  Socket* socket = toReceiver(the, xs_socket_destructor);
  Buffer buffer = toWritable(the, &xsArg(0));
  long count = socketRead(socket, buffer.bytes, buffer.length);
  if (count == -2)
    throwFailure(the, socket->kind);
  xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

void xs_socket_write(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  Socket* socket = toReceiver(the, xs_socket_destructor);
  Buffer buffer = toReadable(the, &xsArg(0));
  long count;
  checkRange(the, from, buffer.length, buffer.length);
  count = socketWrite(socket, buffer.bytes + from, buffer.length - from);
  if (count == -2)
    throwFailure(the, socket->kind);
  xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

/* A second close does nothing; every other call after a close throws SyntaxError. */
void xs_socket_close(xsMachine* the)
{
  xs_socket_destructor(takeReceiver(the, xs_socket_destructor));
}

/* The watchdog rests meanwhile, and starts anew: a program that comes here is alive. Here the
 * switch turns the board off. */
void xs_socket_wait(xsMachine* the)
{
  xsNumberValue value = xsmcToNumber(xsArg(0));
  resetPause();
  if (!resetOff())
    socketWait(value > 0 ? (value < WAIT_MS_MAX ? (int)value + 1 : WAIT_MS_MAX) : 0);
  if (resetOff())
    hostExit(0);
  resetFeed();
}
