/* TLS over the sockets of tcp.c, by Mbed TLS. The server's certificate must name the host, be valid today, and come from the
   authority in the factory sector; without one no secure connection is made. */
#include "tls.h"
#include "factory.h"
#include "machine.h"
#include <mbedtls/ssl.h>
#include <stdlib.h>
#include <string.h>

struct Connection {
  Socket* socket;
  const char* kind;         /* of the error, when it is not the socket's */
  int isSecure;
  int isGreeted;            /* the handshake is done */
  mbedtls_ssl_context tls;
};

static mbedtls_ssl_config configuration;
static mbedtls_x509_crt authority;

static int fillRandom(void* context, unsigned char* bytes, size_t length)
{
  (void)context;
  return randomFill(bytes, (uint32_t)length) ? 0 : MBEDTLS_ERR_SSL_NO_RNG;
}

/* Once: 1 when there is an authority. */
static int configure(void)
{
  static int isDone;
  uint32_t length;
  const uint8_t* certificate;
  if (isDone)
    return 1;
  certificate = factoryFind(FACTORY_CA, NULL, &length);
  mbedtls_x509_crt_init(&authority);
  if (!certificate || mbedtls_x509_crt_parse_der_nocopy(&authority, certificate, length))
    return 0;
  mbedtls_ssl_config_init(&configuration);
  if (mbedtls_ssl_config_defaults(&configuration, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT))
    return 0;
  mbedtls_ssl_conf_authmode(&configuration, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&configuration, &authority, NULL);
  mbedtls_ssl_conf_rng(&configuration, fillRandom, NULL);
  isDone = 1;
  return 1;
}

static int sendBytes(void* context, const unsigned char* bytes, size_t length)
{
  long count = socketWrite(context, bytes, (uint32_t)length);
  return count > 0 ? (int)count : count ? MBEDTLS_ERR_SSL_CONN_EOF : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int receiveBytes(void* context, unsigned char* bytes, size_t length)
{
  long count = socketRead(context, bytes, (uint32_t)length);
  return count > 0 ? (int)count : count == -1 ? 0 : count ? MBEDTLS_ERR_SSL_CONN_EOF : MBEDTLS_ERR_SSL_WANT_READ;
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
  self->isSecure = isSecure;
  if (!isSecure)
    return self;
  mbedtls_ssl_init(&self->tls);
  if (!configure() || mbedtls_ssl_setup(&self->tls, &configuration) || mbedtls_ssl_set_hostname(&self->tls, host))
    self->kind = "secure";
  else
    mbedtls_ssl_set_bio(&self->tls, self->socket, sendBytes, receiveBytes, NULL);
  return self;
}

void connectionClose(Connection* self)
{
  if (self->isSecure) {
    if (self->isGreeted && !self->kind)
      mbedtls_ssl_close_notify(&self->tls);
    mbedtls_ssl_free(&self->tls);
  }
  socketClose(self->socket);
  free(self);
}

/* What a result of Mbed TLS means to the caller. A connection that ends without notice was cut, or is attacked. */
static long judge(Connection* self, int result)
{
  if ((result == MBEDTLS_ERR_SSL_WANT_READ) || (result == MBEDTLS_ERR_SSL_WANT_WRITE))
    return 0;
  if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
    return -1;
  self->kind = socketKind(self->socket);
  if (!self->kind)
    self->kind = self->isGreeted && ((result == MBEDTLS_ERR_SSL_CONN_EOF) || !result) ? "broken" : "secure";
  if (!strcmp(self->kind, "secure"))
    consoleLog('W', "tls", "-0x%04x, certificate flags 0x%lx", (unsigned)-result,
      (unsigned long)mbedtls_ssl_get_verify_result(&self->tls));
  return -2;
}

/* 1 when the handshake is done, otherwise what the caller gets. */
static long greet(Connection* self)
{
  int result;
  if (self->kind)
    return -2;
  if (self->isGreeted)
    return 1;
  result = mbedtls_ssl_handshake(&self->tls);
  if (result) {
    long answer = judge(self, result);
    if (answer != -1)
      return answer;
    self->kind = "secure";
    return -2;
  }
  self->isGreeted = 1;
  return 1;
}

long connectionRead(Connection* self, void* bytes, uint32_t length)
{
  long ready = self->isSecure ? greet(self) : 1;
  int result;
  if (!self->isSecure)
    return socketRead(self->socket, bytes, length);
  if ((ready < 1) || !length)
    return ready < 1 ? ready : 0;
  result = mbedtls_ssl_read(&self->tls, bytes, length);
  return result > 0 ? result : judge(self, result);
}

long connectionWrite(Connection* self, const void* bytes, uint32_t length)
{
  long ready = self->isSecure ? greet(self) : 1;
  int result;
  if (!self->isSecure)
    return socketWrite(self->socket, bytes, length);
  if ((ready < 1) || !length)
    return ready < 1 ? ready : 0;
  result = mbedtls_ssl_write(&self->tls, bytes, length);
  if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
    result = MBEDTLS_ERR_SSL_CONN_EOF;
  return result > 0 ? result : judge(self, result);
}

const char* connectionKind(const Connection* self)
{
  return self->kind ? self->kind : socketKind(self->socket);
}
