/* Sockets, and TLS over them where it is asked for. */
#include "connection.h"
#include "socket.h"
#include "tls.h"
#include <stdlib.h>

struct Connection {
  Socket* socket;
  Tls* tls; /* NULL: none */
};

Connection* connectionOpen(const char* host, uint16_t port, int isSecure, const char** kind)
{
  Connection* self = calloc(1, sizeof(Connection));
  *kind = "broken";
  if (!self)
    return NULL;
  self->socket = socketOpen(host, port, kind);
  if (!self->socket) {
    free(self);
    return NULL;
  }
  if (!isSecure || (self->tls = tlsOpen(self->socket, host, port)))
    return self;
  *kind = "broken";
  connectionClose(self);
  return NULL;
}

void connectionClose(Connection* self)
{
  if (self->tls)
    tlsClose(self->tls);
  socketClose(self->socket);
  free(self);
}

long connectionRead(Connection* self, void* bytes, uint32_t length)
{
  return self->tls ? tlsRead(self->tls, bytes, length) : socketRead(self->socket, bytes, length);
}

long connectionWrite(Connection* self, const void* bytes, uint32_t length)
{
  return self->tls ? tlsWrite(self->tls, bytes, length) : socketWrite(self->socket, bytes, length);
}

const char* connectionKind(const Connection* self)
{
  return self->tls ? tlsKind(self->tls) : socketKind(self->socket);
}
