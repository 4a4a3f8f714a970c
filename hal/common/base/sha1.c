/* SHA-1, FIPS 180-4, over mbedTLS. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include <mbedtls/md.h>

void xs_sha1(xsMachine* the)
{
  const mbedtls_md_info_t* sha1 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);
  Buffer bytes = toReadable(the, &xsArg(1));
  Buffer result = toWritable(the, &xsArg(0));
  if (result.length != 20)
    xsRangeError("a digest has 20 bytes");
  if (!sha1 || mbedtls_md(sha1, bytes.bytes, bytes.length, result.bytes))
    xsUnknownError("no SHA-1");
}
