/* The SHA-512 that libsodium asks for, by that of Mbed TLS: one is enough. A state of libsodium has
 * room for a context, but for its last word, which says SHA-384. */
#include <mbedtls/sha512.h>
#include <sodium/crypto_hash_sha512.h>
#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(crypto_hash_sha512_state) == offsetof(mbedtls_sha512_context, is384),
    "a state holds a context");

static void load(mbedtls_sha512_context* context, const crypto_hash_sha512_state* state)
{
  memcpy(context, state, sizeof(*state));
  context->is384 = 0;
}

static void store(crypto_hash_sha512_state* state, const mbedtls_sha512_context* context)
{
  memcpy(state, context, sizeof(*state));
}

int crypto_hash_sha512_init(crypto_hash_sha512_state* state)
{
  mbedtls_sha512_context context;
  mbedtls_sha512_init(&context);
  mbedtls_sha512_starts_ret(&context, 0);
  store(state, &context);
  return 0;
}

int crypto_hash_sha512_update(
    crypto_hash_sha512_state* state, const unsigned char* bytes, unsigned long long length)
{
  mbedtls_sha512_context context;
  load(&context, state);
  mbedtls_sha512_update_ret(&context, bytes, (size_t)length);
  store(state, &context);
  return 0;
}

int crypto_hash_sha512_final(crypto_hash_sha512_state* state, unsigned char* digest)
{
  mbedtls_sha512_context context;
  load(&context, state);
  mbedtls_sha512_finish_ret(&context, digest);
  return 0;
}

int crypto_hash_sha512(unsigned char* digest, const unsigned char* bytes, unsigned long long length)
{
  return mbedtls_sha512_ret(bytes, (size_t)length, digest, 0);
}
