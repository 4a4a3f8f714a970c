/* Natives of tlssocket.ts. */
#include "../common/bsd/socket.h"
#include "../common/base/arguments.h"
#include "../common/base/receiver.h"
#include "../common/base/throw.h"
#include "../common/tls/tls.h"
#include "idf.h"
#include "mc.xs.h"
#include <stdio.h>
#include <stdlib.h>

#define NAME_BYTES_MAX 256

typedef struct {
  Socket* socket;
  Tls* tls;
} Secure;

const char* socketKind(const Socket* socket)
{
  return socket->kind;
}

int tlsRandom(void* context, unsigned char* bytes, size_t length)
{
  (void)context;
  esp_fill_random(bytes, length);
  return 0;
}

void tlsLog(int result, uint32_t certificateFlags)
{
  printf("tls: -0x%04x, certificate flags 0x%lx\n", (unsigned)-result,
      (unsigned long)certificateFlags);
}

/* XS calls this with NULL for the prototype object and for instances that were closed. */
void xs_tls_destructor(void* data)
{
  Secure* self = data;
  if (!self)
    return;
  if (self->tls)
    tlsClose(self->tls);
  if (self->socket)
    socketClose(self->socket);
  free(self);
}

static Secure* thisSecure(xsMachine* the)
{
  return toReceiver(the, xs_tls_destructor);
}

static void throwFailure(xsMachine* the, const char* kind)
{
  char message[64];
  snprintf(message, sizeof(message), "socket: %s", kind);
  throwKind(the, kind, message);
}

void xs_tls(xsMachine* the)
{
  uint32_t port = toIndex(the, &xsArg(1));
  char name[NAME_BYTES_MAX];
  const char* kind = "broken";
  Secure* self;
  xsmcToStringBuffer(xsArg(0), name, sizeof(name));
  if (!port || (port > 65535))
    xsRangeError("port");
  checkNew(the, xs_tls_destructor);
  self = calloc(1, sizeof(Secure));
  if (self && (self->socket = socketOpen(name, (uint16_t)port, &kind))) {
    self->tls = tlsOpen(self->socket, name, (uint16_t)port);
    kind = "broken";
  }
  if (!self || !self->tls) {
    xs_tls_destructor(self);
    throwFailure(the, kind);
  }
  xsmcSetHostData(xsThis, self);
}

void xs_tls_read(xsMachine* the)
{
  Secure* self = thisSecure(the);
  Buffer buffer = toWritable(the, &xsArg(0));
  long count = tlsRead(self->tls, buffer.bytes, buffer.length);
  if (count == -2)
    throwFailure(the, tlsKind(self->tls));
  xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

void xs_tls_write(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  Secure* self = thisSecure(the);
  Buffer buffer = toReadable(the, &xsArg(0));
  long count;
  checkRange(the, from, buffer.length, buffer.length);
  count = tlsWrite(self->tls, buffer.bytes + from, buffer.length - from);
  if (count == -2)
    throwFailure(the, tlsKind(self->tls));
  xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

/* A second close does nothing; every other call after a close throws SyntaxError. */
void xs_tls_close(xsMachine* the)
{
  xs_tls_destructor(takeReceiver(the, xs_tls_destructor));
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
