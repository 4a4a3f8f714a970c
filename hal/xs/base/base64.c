/* Base64, RFC 4648 §4. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"

void xs_base64_put(xsMachine* the)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t at = toIndex(the, &xsArg(1));
  Buffer bytes = toReadable(the, &xsArg(2));
  Buffer target = toWritable(the, &xsArg(0));
  const uint8_t* p = bytes.bytes;
  uint32_t left = bytes.length;
  uint8_t* q;
  xsmcSetInteger(xsResult, -1);
  if ((at > target.length) || ((left + 2) / 3 > (target.length - at) / 4))
    return;
  for (q = target.bytes + at; left > 0; p += 3) {
    uint32_t held = (uint32_t)p[0] << 16 | (left > 1 ? p[1] << 8 : 0) | (left > 2 ? p[2] : 0);
    *q++ = digits[held >> 18];
    *q++ = digits[(held >> 12) & 63];
    *q++ = left > 1 ? digits[(held >> 6) & 63] : '=';
    *q++ = left > 2 ? digits[held & 63] : '=';
    left -= left > 3 ? 3 : left;
  }
  xsmcSetInteger(xsResult, (xsIntegerValue)(q - target.bytes));
}

static int valueOf(uint8_t c)
{
  if ((c >= 'A') && (c <= 'Z'))
    return c - 'A';
  if ((c >= 'a') && (c <= 'z'))
    return c - 'a' + 26;
  if ((c >= '0') && (c <= '9'))
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The end of what bytes[from, to) decodes to, from `from` on, or -1. Every digit writes at most where it was read. */
static int32_t decode(uint8_t* bytes, uint32_t from, uint32_t to)
{
  uint32_t at = from, held = 0, bits = 0, padding = 0;
  for (; from < to; from++) {
    uint8_t c = bytes[from];
    int value;
    if ((c == ' ') || (c == '\t') || (c == '\n') || (c == '\r'))
      continue;
    if (c == '=') {
      padding++;
      continue;
    }
    value = valueOf(c);
    if ((value < 0) || padding)
      return -1;
    held = (held << 6 | (uint32_t)value) & 0xFFF;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (uint8_t)(held >> bits);
    }
  }
  if ((bits == 6) || (padding > 2) || (padding && (padding * 2 != bits)) || (held & ((1u << bits) - 1)))
    return -1;
  return (int32_t)at;
}

void xs_base64_decode(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t to = toIndex(the, &xsArg(2));
  Buffer buffer = toWritable(the, &xsArg(0));
  checkRange(the, from, to, buffer.length);
  xsmcSetInteger(xsResult, decode(buffer.bytes, from, to));
}
