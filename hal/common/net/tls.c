/* See tls.h. Versions 2.28 to 4 of Mbed TLS: from 3 on its cryptography is PSA's, which wants to be
 * started; 4 has its own randomness. */
#include "tls.h"
#include "../natives/board.h"
#include "address.h"
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif

/* For how long a session is resumed since its server showed its certificate, and how large it may
 * be: a server chooses the length of its ticket. */
#define KEPT_SECONDS_MAX 86400u
#define KEPT_BYTES_MAX 4096

/* Bytes of a name that the log has, and its end. */
#define NAME_BYTES 49
/* Kinds of names for which a certificate is good (RFC 5280 §4.2.1.6), as they are tagged. */
#define DNS_NAME 0x82
#define IP_ADDRESS 0x87

struct Tls {
  Socket* socket;
  const char* kind; /* of the error, when it is not the socket's */
  int isGreeted; /* the handshake is done */
  int isTold; /* the log has what is wrong with a certificate */
  time_t proved; /* when the certificate of the server was checked; 0: not yet */
  mbedtls_ssl_context context;
  uint16_t port;
  char host[]; /* as long as it is */
};

static mbedtls_ssl_config configuration;
static mbedtls_x509_crt authorities; /* a list */
static int trusted; /* how many */

/* The session to resume (RFC 5246 §7.3, RFC 5077). It lies in RAM alone, so the first connection
   of each start is proved by a certificate. It is good for this server, and for the authorities
   that are trusted now. */
static struct {
  mbedtls_ssl_session session;
  char* host; /* NULL: there is none */
  uint16_t port;
  time_t proved;
} kept;

static void forget(void)
{
  if (!kept.host)
    return;
  mbedtls_ssl_session_free(&kept.session);
  free(kept.host);
  kept.host = NULL;
}

/* After a handshake, and when the server sends another ticket. */
static void keep(Tls* self)
{
  size_t length = 0;
  forget();
  mbedtls_ssl_session_init(&kept.session);
  kept.host = strdup(self->host);
  kept.port = self->port;
  kept.proved = self->proved;
  if (!kept.host || mbedtls_ssl_get_session(&self->context, &kept.session)) {
    mbedtls_ssl_session_free(&kept.session);
    free(kept.host);
    kept.host = NULL;
    return;
  }
  mbedtls_ssl_session_save(&kept.session, NULL, 0, &length);
  if (length > KEPT_BYTES_MAX)
    forget();
}

/* A clock that was set back makes it too old, too. */
static void resume(Tls* self)
{
  if (!kept.host || (kept.port != self->port) || strcmp(kept.host, self->host)
      || ((unsigned long long)(time(NULL) - kept.proved) > KEPT_SECONDS_MAX))
    forget();
  else if (!mbedtls_ssl_set_session(&self->context, &kept.session))
    self->proved = kept.proved;
}

/* What a stranger has written: cut off, and without controls. */
static void show(char to[NAME_BYTES], const mbedtls_x509_buf* text)
{
  size_t length = text->len < NAME_BYTES ? text->len : NAME_BYTES - 1;
  for (size_t i = 0; i < length; i++)
    to[i] = (text->p[i] >= ' ') && (text->p[i] < 0x7f) ? (char)text->p[i] : '?';
  to[length] = 0;
}

/* The common name in a name (RFC 5280 §4.1.2.4), or its first part. */
static void showName(char to[NAME_BYTES], const mbedtls_x509_name* name)
{
  static const unsigned char COMMON_NAME[] = { 0x55, 0x04, 0x03 };
  const mbedtls_x509_name* shown = name;
  for (; name; name = name->next)
    if ((name->oid.len == sizeof(COMMON_NAME))
        && !memcmp(name->oid.p, COMMON_NAME, sizeof(COMMON_NAME)))
      shown = name;
  show(to, &shown->val);
}

/* The first name in a certificate, or else its subject: where that is empty too, an address, or
 * what stands for it in a sentence. */
static void showSubject(char to[NAME_BYTES], const mbedtls_x509_crt* certificate)
{
  const mbedtls_x509_buf* name = &certificate->subject_alt_names.buf;
  *to = 0;
  if (name->tag == DNS_NAME)
    show(to, name);
  else
    showName(to, &certificate->subject);
  if (*to)
    return;
  if ((name->tag == IP_ADDRESS) && (name->len == 4))
    snprintf(to, NAME_BYTES, "%u.%u.%u.%u", name->p[0], name->p[1], name->p[2], name->p[3]);
  else
    strcpy(to, name->tag == IP_ADDRESS ? "an address" : "nobody");
}

/* Says what is wrong with a certificate: whose it is, and what would put it right. */
static void explain(const mbedtls_x509_crt* certificate, const char* host, uint32_t flags)
{
  const mbedtls_x509_time* first = &certificate->valid_from;
  const mbedtls_x509_time* last = &certificate->valid_to;
  const uint32_t weak =
      MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY;
  char name[NAME_BYTES], issuer[NAME_BYTES];
  showName(issuer, &certificate->issuer);
  showSubject(name, certificate);
  if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
    boardLog('W', "tls", "the certificate is for %s, not for %s", name, host);
  if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
    boardLog('W', "tls",
        "the certificate of %s ended on %04d-%02d-%02d: renew it, or set the clock", name,
        last->year, last->mon, last->day);
  if (flags & MBEDTLS_X509_BADCERT_FUTURE)
    boardLog('W', "tls", "the certificate of %s begins on %04d-%02d-%02d: set the clock", name,
        first->year, first->mon, first->day);
  if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
    boardLog('W', "tls",
        "the certificate of %s is from %s: no authority of this device vouches for it", name,
        issuer);
  if (flags & weak)
    boardLog('W', "tls", "the key or signature of the certificate of %s is too weak", name);
}

static int namesAddress(const mbedtls_x509_crt* certificate, const uint8_t* address, size_t length)
{
  const mbedtls_x509_sequence* name = &certificate->subject_alt_names;
  for (; name; name = name->next)
    if ((name->buf.tag == IP_ADDRESS) && (name->buf.len == length)
        && !memcmp(name->buf.p, address, length))
      return 1;
  return 0;
}

/* Mbed TLS has checked a certificate of the chain: it knows names of servers, and no addresses. */
static int onCertificate(void* context, mbedtls_x509_crt* certificate, int depth, uint32_t* flags)
{
  Tls* self = context;
  uint8_t address[16];
  size_t length = addressOf(self->host, address);
  if (!depth && length && !namesAddress(certificate, address, length))
    *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
  if (*flags)
    explain(certificate, self->host, *flags);
  self->isTold |= *flags != 0;
  self->proved = time(NULL);
  return 0;
}

/* The name that the certificate must have, which the server is told (RFC 6066 §3). An address is
 * not told, and is looked for by onCertificate. */
static int nameHost(Tls* self)
{
  uint8_t address[16];
  const char* name = addressOf(self->host, address) ? NULL : self->host;
  return mbedtls_ssl_set_hostname(&self->context, name);
}

#if MBEDTLS_VERSION_NUMBER < 0x04000000
static int takeRandom(void* context, unsigned char* bytes, size_t length)
{
  (void)context;
  return boardRandom(bytes, (uint32_t)length) ? 0 : MBEDTLS_ERR_SSL_NO_RNG;
}
#endif

static int configure(void)
{
  mbedtls_ssl_config_init(&configuration);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
  if (psa_crypto_init() != PSA_SUCCESS)
    return 0;
#endif
  if (mbedtls_ssl_config_defaults(&configuration, MBEDTLS_SSL_IS_CLIENT,
          MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT)) {
    mbedtls_ssl_config_free(&configuration);
    return 0;
  }
  mbedtls_ssl_conf_authmode(&configuration, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&configuration, &authorities, NULL);
#if MBEDTLS_VERSION_NUMBER < 0x04000000
  mbedtls_ssl_conf_rng(&configuration, takeRandom, NULL);
#endif
  return 1;
}

const char* tlsTrust(const uint8_t* certificate, uint32_t length)
{
  if (trusted == TLS_AUTHORITIES_MAX)
    return "more than two authorities: remove the oldest";
  if (!trusted)
    mbedtls_x509_crt_init(&authorities);
  if (mbedtls_x509_crt_parse_der_nocopy(&authorities, certificate, length))
    return "not the certificate of an authority: X.509 in DER is wanted";
  if (!trusted && !configure()) {
    mbedtls_x509_crt_free(&authorities);
    return "TLS cannot be started";
  }
  forget();
  trusted++;
  return NULL;
}

static int sendBytes(void* context, const unsigned char* bytes, size_t length)
{
  long count = socketWrite(context, bytes, (uint32_t)length);
  return count > 0 ? (int)count : count ? MBEDTLS_ERR_SSL_CONN_EOF : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int receiveBytes(void* context, unsigned char* bytes, size_t length)
{
  long count = socketRead(context, bytes, (uint32_t)length);
  return count > 0  ? (int)count
      : count == -1 ? 0
      : count       ? MBEDTLS_ERR_SSL_CONN_EOF
                    : MBEDTLS_ERR_SSL_WANT_READ;
}

Tls* tlsOpen(Socket* socket, const char* host, uint16_t port)
{
  Tls* self = calloc(1, sizeof(Tls) + strlen(host) + 1);
  if (!self)
    return NULL;
  self->socket = socket;
  self->port = port;
  strcpy(self->host, host);
  mbedtls_ssl_init(&self->context);
  if (!trusted || mbedtls_ssl_setup(&self->context, &configuration) || nameHost(self))
    self->kind = "secure";
  else {
    mbedtls_ssl_set_bio(&self->context, socket, sendBytes, receiveBytes, NULL);
    mbedtls_ssl_set_verify(&self->context, onCertificate, self);
    resume(self);
  }
  return self;
}

void tlsClose(Tls* self)
{
  if (self->isGreeted && !self->kind)
    mbedtls_ssl_close_notify(&self->context);
  mbedtls_ssl_free(&self->context);
  free(self);
}

/* What a result of Mbed TLS means to the caller. A connection that ends without notice was cut, or
 * is attacked. */
static long judge(Tls* self, int result)
{
  if ((result == MBEDTLS_ERR_SSL_WANT_READ) || (result == MBEDTLS_ERR_SSL_WANT_WRITE))
    return 0;
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
  if (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) {
    keep(self);
    return 0;
  }
#endif
  if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
    return -1;
  self->kind = socketKind(self->socket);
  if (!self->kind)
    self->kind =
        self->isGreeted && ((result == MBEDTLS_ERR_SSL_CONN_EOF) || !result) ? "broken" : "secure";
  if (!strcmp(self->kind, "secure")) {
    forget(); /* RFC 5246 §7.2.2 */
    if (!self->isTold)
      boardLog('W', "tls", "the %s with %s fails: -0x%04x",
          self->isGreeted ? "connection" : "handshake", self->host, (unsigned)-result);
  }
  return -2;
}

/* 1 when the handshake is done, otherwise what the caller gets. */
static long greet(Tls* self)
{
  int result;
  if (self->kind)
    return -2;
  if (self->isGreeted)
    return 1;
  result = mbedtls_ssl_handshake(&self->context);
  if (result) {
    long answer = judge(self, result);
    if (answer != -1)
      return answer;
    self->kind = "secure";
    return -2;
  }
  self->isGreeted = 1;
  keep(self);
  return 1;
}

long tlsRead(Tls* self, void* bytes, uint32_t length)
{
  long ready = greet(self);
  int result;
  if ((ready < 1) || !length)
    return ready < 1 ? ready : 0;
  result = mbedtls_ssl_read(&self->context, bytes, length);
  return result > 0 ? result : judge(self, result);
}

long tlsWrite(Tls* self, const void* bytes, uint32_t length)
{
  long ready = greet(self);
  int result;
  if ((ready < 1) || !length)
    return ready < 1 ? ready : 0;
  result = mbedtls_ssl_write(&self->context, bytes, length);
  if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
    result = MBEDTLS_ERR_SSL_CONN_EOF;
  return result > 0 ? result : judge(self, result);
}

const char* tlsKind(const Tls* self)
{
  return self->kind ? self->kind : socketKind(self->socket);
}
