/* Sockets of tcp.c, and TLS over them where it is asked for: servers are checked against the
 * authorities in the factory sector. */
#include "connection.h"
#include "../common/tls/tls.h"
#include "factory.h"
#include "machine.h"
#include <mbedtls/ssl.h>
#include <stdlib.h>

struct Connection {
  Socket* socket;
  Tls* tls; /* NULL: none */
};

int tlsRandom(void* context, unsigned char* bytes, size_t length)
{
  (void)context;
  return randomFill(bytes, (uint32_t)length) ? 0 : MBEDTLS_ERR_SSL_NO_RNG;
}

void tlsLog(int result, uint32_t certificateFlags)
{
  consoleLog('W', "tls", "-0x%04x, certificate flags 0x%lx", (unsigned)-result,
      (unsigned long)certificateFlags);
}

const char* connectionTrust(void)
{
  uint32_t length;
  const uint8_t* authority = NULL;
  const char* problem = NULL;
  while (!problem && (authority = factoryFind(FACTORY_CA, authority, &length)))
    problem = tlsTrust(authority, length);
  return problem;
}

Connection* connectionOpen(const char* host, uint16_t port, int isSecure)
{
  Connection* self = calloc(1, sizeof(Connection));
  if (!self)
    return NULL;
  self->socket = socketOpen(host, port);
  if (!self->socket) {
    free(self);
    return NULL;
  }
  if (!isSecure || (self->tls = tlsOpen(self->socket, host, port)))
    return self;
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
