/* Signature checks: Ed25519 over libsodium, P-256 over mbedTLS. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "p256.h"
#include <sodium/crypto_sign_ed25519.h>

/* libsodium wants S below the order, a canonical key, and neither key nor R of small order. No
   sodium_init: nothing here needs random numbers, nor an implementation chosen at run time. */
void xs_signature_ed25519(xsMachine* the)
{
  Buffer key = toReadable(the, &xsArg(0));
  Buffer message = toReadable(the, &xsArg(1));
  Buffer signature = toReadable(the, &xsArg(2));
  xsmcSetBoolean(xsResult,
      (key.length == crypto_sign_ed25519_PUBLICKEYBYTES)
          && (signature.length == crypto_sign_ed25519_BYTES)
          && !crypto_sign_ed25519_verify_detached(
              signature.bytes, message.bytes, message.length, key.bytes));
}

void xs_signature_p256(xsMachine* the)
{
  Buffer key = toReadable(the, &xsArg(0));
  Buffer digest = toReadable(the, &xsArg(1));
  Buffer signature = toReadable(the, &xsArg(2));
  xsmcSetBoolean(xsResult,
      (key.length == P256_POINT_BYTES) && (digest.length == P256_DIGEST_BYTES)
          && p256Verify(key.bytes, digest.bytes, signature.bytes, signature.length));
}
