/* Signature checks: Ed25519 over libsodium, P-256 over mbedTLS with calls that its versions 2 and 3 have in common. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include <mbedtls/bignum.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <sodium/crypto_sign_ed25519.h>

/* libsodium wants S below the order, a canonical key, and neither key nor R of small order. No sodium_init: nothing here
   needs random numbers, nor an implementation chosen at run time. */
void xs_signature_ed25519(xsMachine* the)
{
  Buffer key = toReadable(the, &xsArg(0));
  Buffer message = toReadable(the, &xsArg(1));
  Buffer signature = toReadable(the, &xsArg(2));
  xsmcSetBoolean(xsResult, (key.length == crypto_sign_ed25519_PUBLICKEYBYTES) && (signature.length == crypto_sign_ed25519_BYTES)
    && !crypto_sign_ed25519_verify_detached(signature.bytes, message.bytes, message.length, key.bytes));
}

/* A DER INTEGER that is positive and in its shortest form. NULL when it is not, otherwise what follows it. */
static const uint8_t* readInteger(mbedtls_mpi* number, const uint8_t* p, const uint8_t* end)
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

/* SEQUENCE { r INTEGER, s INTEGER } and nothing after it: mbedTLS alone would take other forms of the same numbers. */
static int readSignature(mbedtls_mpi* r, mbedtls_mpi* s, Buffer signature)
{
  const uint8_t* p = signature.bytes;
  const uint8_t* end = p + signature.length;
  if ((signature.length < 8) || (p[0] != 0x30) || (p[1] & 0x80) || (p[1] != signature.length - 2))
    return 0;
  p = readInteger(r, p + 2, end);
  return p && (readInteger(s, p, end) == end);
}

static int verify(Buffer key, Buffer digest, Buffer signature)
{
  mbedtls_ecp_group group;
  mbedtls_ecp_point point;
  mbedtls_mpi r, s;
  int valid;
  mbedtls_ecp_group_init(&group);
  mbedtls_ecp_point_init(&point);
  mbedtls_mpi_init(&r);
  mbedtls_mpi_init(&s);
  valid = readSignature(&r, &s, signature)
    && !mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1)
    && !mbedtls_ecp_point_read_binary(&group, &point, key.bytes, key.length)
    && !mbedtls_ecp_check_pubkey(&group, &point)
    && !mbedtls_ecdsa_verify(&group, digest.bytes, digest.length, &point, &r, &s);
  mbedtls_mpi_free(&s);
  mbedtls_mpi_free(&r);
  mbedtls_ecp_point_free(&point);
  mbedtls_ecp_group_free(&group);
  return valid;
}

void xs_signature_p256(xsMachine* the)
{
  Buffer key = toReadable(the, &xsArg(0));
  Buffer digest = toReadable(the, &xsArg(1));
  Buffer signature = toReadable(the, &xsArg(2));
  xsmcSetBoolean(xsResult, (key.length == 65) && (digest.length == 32) && verify(key, digest, signature));
}
