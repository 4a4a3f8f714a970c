/* SHA-256, FIPS 180-4, over mbedTLS; its message digest interface is the one that versions 2 and 3
   have in common. The state is outside of the heap of XS, because ESP-IDF keeps parts of it in
   hardware and must be told of its end. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "receiver.h"
#include <mbedtls/md.h>
#include <stdlib.h>

/* XS calls this with NULL for the prototype object and for instances that were closed. */
void xs_sha256_destructor(void* data)
{
  if (!data)
    return;
  mbedtls_md_free(data);
  free(data);
}

void xs_sha256(xsMachine* the)
{
  const mbedtls_md_info_t* sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
  mbedtls_md_context_t* hash;
  checkNew(the, xs_sha256_destructor);
  hash = malloc(sizeof(mbedtls_md_context_t));
  if (!hash)
    xsUnknownError("no memory");
  mbedtls_md_init(hash);
  if (!sha256 || mbedtls_md_setup(hash, sha256, 0) || mbedtls_md_starts(hash)) {
    xs_sha256_destructor(hash);
    xsUnknownError("no SHA-256");
  }
  xsmcSetHostData(xsThis, hash);
}

void xs_sha256_update(xsMachine* the)
{
  mbedtls_md_context_t* hash = toReceiver(the, xs_sha256_destructor);
  Buffer buffer = toReadable(the, &xsArg(0));
  if (mbedtls_md_update(hash, buffer.bytes, buffer.length))
    xsUnknownError("SHA-256 failed");
}

void xs_sha256_digest(xsMachine* the)
{
  mbedtls_md_context_t* hash = toReceiver(the, xs_sha256_destructor);
  Buffer result = toWritable(the, &xsArg(0));
  if (result.length != 32)
    xsRangeError("a digest has 32 bytes");
  if (mbedtls_md_finish(hash, result.bytes))
    xsUnknownError("SHA-256 failed");
  xs_sha256_destructor(takeReceiver(the, xs_sha256_destructor));
}
