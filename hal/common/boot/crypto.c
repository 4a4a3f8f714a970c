/* What the boot code asks of a board, from Mbed TLS and libsodium. */
#include "../base/p256.h"
#include "image.h"
#include <mbedtls/md.h>
#include <sodium/crypto_sign_ed25519.h>

void bootSha256(const void* bytes, uint32_t length, uint8_t digest[32])
{
  mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), bytes, length, digest);
}

int bootEd25519(
    const uint8_t key[32], const void* message, uint32_t length, const uint8_t signature[64])
{
  return crypto_sign_ed25519_verify_detached(signature, message, length, key) == 0;
}

int bootP256(const uint8_t key[BOOT_POINT_BYTES], const uint8_t digest[32],
    const uint8_t* signature, uint32_t length)
{
  return p256Verify(key, digest, signature, length);
}
