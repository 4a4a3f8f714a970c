/* ECDSA over P-256 by mbedTLS, with calls that its versions 2 and 3 have in common: for the native
 * of XS and for boot code. */
#ifndef P256_H
#define P256_H

#include <mbedtls/bignum.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <stdint.h>

#define P256_POINT_BYTES 65
#define P256_DIGEST_BYTES 32

/* A DER INTEGER that is positive and in its shortest form. NULL when it is not, otherwise what
 * follows it. */
static const uint8_t* p256Integer(mbedtls_mpi* number, const uint8_t* p, const uint8_t* end)
{
  uint32_t length;
  if ((end - p < 3) || (p[0] != 0x02))
    return NULL;
  length = p[1];
  p += 2;
  if (!length || (length > 33) || (length > (uint32_t)(end - p)) || (p[0] & 0x80))
    return NULL;
  if ((length > 1) && !p[0] && !(p[1] & 0x80))
    return NULL;
  return mbedtls_mpi_read_binary(number, p, length) ? NULL : p + length;
}

/* SEQUENCE { r INTEGER, s INTEGER } and nothing after it: mbedTLS alone would take other forms of
 * the same numbers. */
static int p256Signature(mbedtls_mpi* r, mbedtls_mpi* s, const uint8_t* p, uint32_t length)
{
  const uint8_t* end = p + length;
  if ((length < 8) || (p[0] != 0x30) || (p[1] & 0x80) || (p[1] != length - 2))
    return 0;
  p = p256Integer(r, p + 2, end);
  return p && (p256Integer(s, p, end) == end);
}

/* 1 when `signature`, in DER, is one of the digest with the key: an uncompressed point. */
static int p256Verify(const uint8_t key[P256_POINT_BYTES], const uint8_t digest[P256_DIGEST_BYTES],
    const uint8_t* signature, uint32_t length)
{
  mbedtls_ecp_group group;
  mbedtls_ecp_point point;
  mbedtls_mpi r, s;
  int valid;
  mbedtls_ecp_group_init(&group);
  mbedtls_ecp_point_init(&point);
  mbedtls_mpi_init(&r);
  mbedtls_mpi_init(&s);
  valid = p256Signature(&r, &s, signature, length)
      && !mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1)
      && !mbedtls_ecp_point_read_binary(&group, &point, key, P256_POINT_BYTES)
      && !mbedtls_ecp_check_pubkey(&group, &point)
      && !mbedtls_ecdsa_verify(&group, digest, P256_DIGEST_BYTES, &point, &r, &s);
  mbedtls_mpi_free(&s);
  mbedtls_mpi_free(&r);
  mbedtls_ecp_point_free(&point);
  mbedtls_ecp_group_free(&group);
  return valid;
}

#endif
