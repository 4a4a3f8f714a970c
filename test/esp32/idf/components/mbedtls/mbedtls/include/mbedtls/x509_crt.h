#ifndef MBEDTLS_X509_CRT_H
#define MBEDTLS_X509_CRT_H

#include "mbedtls/build_info.h"
#include <stddef.h>
#include <stdint.h>

#define MBEDTLS_X509_BADCERT_EXPIRED 0x01
#define MBEDTLS_X509_BADCERT_CN_MISMATCH 0x04
#define MBEDTLS_X509_BADCERT_NOT_TRUSTED 0x08
#define MBEDTLS_X509_BADCERT_FUTURE 0x0200
#define MBEDTLS_X509_BADCERT_BAD_MD 0x4000
#define MBEDTLS_X509_BADCERT_BAD_PK 0x8000
#define MBEDTLS_X509_BADCERT_BAD_KEY 0x010000

typedef struct {
  int tag;
  size_t len;
  unsigned char* p;
} mbedtls_x509_buf;

typedef struct mbedtls_x509_name {
  mbedtls_x509_buf oid;
  mbedtls_x509_buf val;
  struct mbedtls_x509_name* next;
} mbedtls_x509_name;

typedef struct mbedtls_x509_sequence {
  mbedtls_x509_buf buf;
  struct mbedtls_x509_sequence* next;
} mbedtls_x509_sequence;

typedef struct {
  int year, mon, day, hour, min, sec;
} mbedtls_x509_time;

typedef struct {
  mbedtls_x509_name issuer;
  mbedtls_x509_name subject;
  mbedtls_x509_time valid_from;
  mbedtls_x509_time valid_to;
  mbedtls_x509_sequence subject_alt_names;
} mbedtls_x509_crt;

void mbedtls_x509_crt_init(mbedtls_x509_crt* certificate);
void mbedtls_x509_crt_free(mbedtls_x509_crt* certificate);
int mbedtls_x509_crt_parse_der_nocopy(
    mbedtls_x509_crt* chain, const unsigned char* bytes, size_t length);

#endif
