/* ECDSA over P-256 by Mbed TLS: for the native of XS and for boot code. Version 4 has PSA alone;
   version 2.28 has PSA too, but for a board that needs nothing else of it that is 20 KB of code. */
#ifndef P256_H
#define P256_H

#include <mbedtls/version.h>
#include <stdint.h>
#include <string.h>

/* A build that sets P256_PSA gets PSA from version 2.28, too. */
#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#define P256_PSA 1
#endif

#ifdef P256_PSA
#include <psa/crypto.h>
#else
#include <mbedtls/bignum.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#endif

#define P256_POINT_BYTES 65
#define P256_DIGEST_BYTES 32
#define P256_NUMBER_BYTES 32

/* Copies a DER INTEGER that is positive and in its shortest form to 32 bytes, big-endian. Returns
 * what follows it; NULL when it is no such number. */
static const uint8_t* p256Integer(
    uint8_t number[P256_NUMBER_BYTES], const uint8_t* p, const uint8_t* end)
{
  uint32_t length;
  if ((end - p < 3) || (p[0] != 0x02))
    return NULL;
  length = p[1];
  p += 2;
  if (!length || (length > (uint32_t)(end - p)) || (p[0] & 0x80))
    return NULL;
  if ((length > 1) && !p[0]) {
    if (!(p[1] & 0x80))
      return NULL;
    p++;
    length--;
  }
  if (length > P256_NUMBER_BYTES)
    return NULL;
  memset(number, 0, P256_NUMBER_BYTES - length);
  memcpy(number + P256_NUMBER_BYTES - length, p, length);
  return p + length;
}

/* SEQUENCE { r INTEGER, s INTEGER } and nothing after it: Mbed TLS alone would take other forms of
 * the same numbers. */
static int p256Signature(uint8_t numbers[2 * P256_NUMBER_BYTES], const uint8_t* p, uint32_t length)
{
  const uint8_t* end = p + length;
  if ((length < 8) || (p[0] != 0x30) || (p[1] & 0x80) || (p[1] != length - 2))
    return 0;
  p = p256Integer(numbers, p + 2, end);
  return p && (p256Integer(numbers + P256_NUMBER_BYTES, p, end) == end);
}

#ifdef P256_PSA
static int p256Check(const uint8_t key[P256_POINT_BYTES], const uint8_t digest[P256_DIGEST_BYTES],
    const uint8_t numbers[2 * P256_NUMBER_BYTES])
{
  psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
  psa_key_id_t id;
  int valid;
  psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
  psa_set_key_bits(&attributes, 256);
  psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
  psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
  if ((psa_crypto_init() != PSA_SUCCESS)
      || (psa_import_key(&attributes, key, P256_POINT_BYTES, &id) != PSA_SUCCESS))
    return 0;
  valid = psa_verify_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, P256_DIGEST_BYTES, numbers,
              2 * P256_NUMBER_BYTES)
      == PSA_SUCCESS;
  psa_destroy_key(id);
  return valid;
}
#else
static int p256Check(const uint8_t key[P256_POINT_BYTES], const uint8_t digest[P256_DIGEST_BYTES],
    const uint8_t numbers[2 * P256_NUMBER_BYTES])
{
  mbedtls_ecp_group group;
  mbedtls_ecp_point point;
  mbedtls_mpi r, s;
  int valid;
  mbedtls_ecp_group_init(&group);
  mbedtls_ecp_point_init(&point);
  mbedtls_mpi_init(&r);
  mbedtls_mpi_init(&s);
  valid = !mbedtls_mpi_read_binary(&r, numbers, P256_NUMBER_BYTES)
      && !mbedtls_mpi_read_binary(&s, numbers + P256_NUMBER_BYTES, P256_NUMBER_BYTES)
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

/* 1 when `signature`, in DER, is one of the digest with the key: an uncompressed point. */
static int p256Verify(const uint8_t key[P256_POINT_BYTES], const uint8_t digest[P256_DIGEST_BYTES],
    const uint8_t* signature, uint32_t length)
{
  uint8_t numbers[2 * P256_NUMBER_BYTES];
  return p256Signature(numbers, signature, length) && p256Check(key, digest, numbers);
}

#endif
