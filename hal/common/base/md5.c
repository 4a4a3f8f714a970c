/* MD5, RFC 1321, over mbedTLS. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include <mbedtls/md.h>

void xs_md5(xsMachine* the)
{
  const mbedtls_md_info_t* md5 = mbedtls_md_info_from_type(MBEDTLS_MD_MD5);
  Buffer bytes = toReadable(the, &xsArg(1));
  Buffer result = toWritable(the, &xsArg(0));
  if (result.length != 16)
    xsRangeError("a digest has 16 bytes");
  if (!md5 || mbedtls_md(md5, bytes.bytes, bytes.length, result.bytes))
    xsUnknownError("no MD5");
}
