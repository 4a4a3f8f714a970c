/* Version 4 has no mbedtls_ssl_conf_rng. */
#ifndef MBEDTLS_SSL_H
#define MBEDTLS_SSL_H

#include "mbedtls/build_info.h"
#include "mbedtls/x509_crt.h"
#include <stdint.h>

typedef struct {
  void* opaque;
} mbedtls_ssl_context;
typedef struct {
  void* opaque;
} mbedtls_ssl_config;

typedef struct {
  void* opaque;
} mbedtls_ssl_session;

#define MBEDTLS_SSL_IS_CLIENT 0
#define MBEDTLS_SSL_TRANSPORT_STREAM 0
#define MBEDTLS_SSL_PRESET_DEFAULT 0
#define MBEDTLS_SSL_VERIFY_REQUIRED 2
#define MBEDTLS_ERR_SSL_CONN_EOF -0x7280
#define MBEDTLS_ERR_SSL_WANT_READ -0x6900
#define MBEDTLS_ERR_SSL_WANT_WRITE -0x6880
#define MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY -0x7880
#define MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET -0x7B00

typedef int mbedtls_ssl_send_t(void* context, const unsigned char* bytes, size_t length);
typedef int mbedtls_ssl_recv_t(void* context, unsigned char* bytes, size_t length);
typedef int mbedtls_ssl_recv_timeout_t(
    void* context, unsigned char* bytes, size_t length, uint32_t timeout);

void mbedtls_ssl_config_init(mbedtls_ssl_config* config);
void mbedtls_ssl_config_free(mbedtls_ssl_config* config);
int mbedtls_ssl_config_defaults(
    mbedtls_ssl_config* config, int endpoint, int transport, int preset);
void mbedtls_ssl_conf_authmode(mbedtls_ssl_config* config, int mode);
void mbedtls_ssl_conf_ca_chain(mbedtls_ssl_config* config, mbedtls_x509_crt* chain, void* crl);
void mbedtls_ssl_init(mbedtls_ssl_context* context);
void mbedtls_ssl_free(mbedtls_ssl_context* context);
int mbedtls_ssl_setup(mbedtls_ssl_context* context, const mbedtls_ssl_config* config);
int mbedtls_ssl_set_hostname(mbedtls_ssl_context* context, const char* host);
void mbedtls_ssl_set_bio(mbedtls_ssl_context* context, void* bio, mbedtls_ssl_send_t* send,
    mbedtls_ssl_recv_t* receive, mbedtls_ssl_recv_timeout_t* receiveTimeout);
void mbedtls_ssl_set_verify(mbedtls_ssl_context* context,
    int (*verify)(void* argument, mbedtls_x509_crt* certificate, int depth, uint32_t* flags),
    void* argument);
void mbedtls_ssl_session_init(mbedtls_ssl_session* session);
void mbedtls_ssl_session_free(mbedtls_ssl_session* session);
int mbedtls_ssl_get_session(const mbedtls_ssl_context* context, mbedtls_ssl_session* session);
int mbedtls_ssl_set_session(mbedtls_ssl_context* context, const mbedtls_ssl_session* session);
int mbedtls_ssl_session_save(
    const mbedtls_ssl_session* session, unsigned char* bytes, size_t size, size_t* length);
int mbedtls_ssl_handshake(mbedtls_ssl_context* context);
int mbedtls_ssl_read(mbedtls_ssl_context* context, unsigned char* bytes, size_t length);
int mbedtls_ssl_write(mbedtls_ssl_context* context, const unsigned char* bytes, size_t length);
int mbedtls_ssl_close_notify(mbedtls_ssl_context* context);
uint32_t mbedtls_ssl_get_verify_result(const mbedtls_ssl_context* context);

#endif
