/* What the boot code asks of a board, from the libraries of the system. */
#include "../xs/boot/image.h"
#include <mbedtls/sha256.h>
#include <sodium.h>

void bootSha256(const void* bytes, uint32_t length, uint8_t digest[32])
{
  mbedtls_sha256_ret(bytes, length, digest, 0);
}

int bootEd25519(const uint8_t key[32], const void* message, uint32_t length, const uint8_t signature[64])
{
  return crypto_sign_verify_detached(signature, message, length, key) == 0;
}
