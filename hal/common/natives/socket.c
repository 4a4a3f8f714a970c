/* Natives of socket.ts and tls.ts. */
#include "../base/arguments.h"
#include "../base/receiver.h"
#include "../base/throw.h"
#include "../net/connection.h"
#include "../net/tls.h"
#include "board.h"
#include "mc.xs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES_MAX 256

/* A wait never lasts longer, so that a wake-up that was missed costs a second and not the session.
 */
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
  const char* kind;
  Connection* connection;
  xsmcToStringBuffer(xsArg(0), name, sizeof(name));
  if (!port || (port > 65535))
    xsRangeError("port");
  checkNew(the, xs_socket_destructor);
  connection = connectionOpen(name, (uint16_t)port, isSecure, &kind);
  if (!connection)
    throwFailure(the, kind);
  xsmcSetHostData(xsThis, connection);
}

void xs_socket(xsMachine* the)
{
  open(the, 0);
}

void xs_socket_secure(xsMachine* the)
{
  open(the, 1);
}

/* How many bytes, or -1; -2 throws. */
static void setCount(xsMachine* the, const Connection* connection, long count)
{
  if (count == -2)
    throwFailure(the, connectionKind(connection));
  xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

void xs_socket_read(xsMachine* the)
{
  Connection* connection = toReceiver(the, xs_socket_destructor);
  Buffer buffer = toWritable(the, &xsArg(0));
  setCount(the, connection, connectionRead(connection, buffer.bytes, buffer.length));
}

void xs_socket_write(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  Connection* connection = toReceiver(the, xs_socket_destructor);
  Buffer buffer = toReadable(the, &xsArg(0));
  checkRange(the, from, buffer.length, buffer.length);
  setCount(the, connection, connectionWrite(connection, buffer.bytes + from, buffer.length - from));
}

/* A second close does nothing; every other call after a close throws SyntaxError. */
void xs_socket_close(xsMachine* the)
{
  xs_socket_destructor(takeReceiver(the, xs_socket_destructor));
}

void xs_socket_wait(xsMachine* the)
{
  xsNumberValue value = xsmcToNumber(xsArg(0));
  boardWait(value > 0 ? (value < WAIT_MS_MAX ? (uint32_t)value + 1 : WAIT_MS_MAX) : 0);
}

/* Mbed TLS refers to the certificate as long as the program runs. */
void xs_tls_trust(xsMachine* the)
{
  Buffer given = toReadable(the, &xsArg(0));
  uint8_t* certificate = malloc(given.length ? given.length : 1);
  const char* problem = "no memory";
  if (certificate) {
    memcpy(certificate, given.bytes, given.length);
    problem = tlsTrust(certificate, given.length);
  }
  if (!problem)
    return;
  free(certificate);
  xsUnknownError("%s", problem);
}
