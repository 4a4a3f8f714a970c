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

/* What a character stands for; from INVALID on: nothing, from SKIPPED on: it is not looked at. */
enum { INVALID = 64, PADDING, SKIPPED };
#define _ INVALID
static const uint8_t values[256] = {
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  SKIPPED,
  SKIPPED,
  _,
  _,
  SKIPPED,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  SKIPPED,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  _,
  62,
  _,
  _,
  _,
  63,
  52,
  53,
  54,
  55,
  56,
  57,
  58,
  59,
  60,
  61,
  _,
  _,
  _,
  PADDING,
  _,
  _,
  _,
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
  17,
  18,
  19,
  20,
  21,
  22,
  23,
  24,
  25,
  _,
  _,
  _,
  _,
  _,
  _,
  26,
  27,
  28,
  29,
  30,
  31,
  32,
  33,
  34,
  35,
  36,
  37,
  38,
  39,
  40,
  41,
  42,
  43,
  44,
  45,
  46,
  47,
  48,
  49,
  50,
  51,
  _,
  _,
  _,
  _,
  _,
  [128 ... 255] = _,
};
#undef _

/* The end of what bytes[from, to) decodes to, from `from` on, or -1. Every digit writes at most
 * where it was read. */
static int32_t decode(uint8_t* bytes, uint32_t from, uint32_t to)
{
  uint32_t at = from, held = 0, bits = 0, padding = 0;
  while (from < to) {
    uint32_t value;
    if (!bits && !padding)
      for (; to - from >= 4; from += 4, at += 3) {
        uint32_t a = values[bytes[from]], b = values[bytes[from + 1]], c = values[bytes[from + 2]],
                 d = values[bytes[from + 3]];
        if ((a | b | c | d) >= INVALID)
          break;
        bytes[at] = (uint8_t)(a << 2 | b >> 4);
        bytes[at + 1] = (uint8_t)(b << 4 | c >> 2);
        bytes[at + 2] = (uint8_t)(c << 6 | d);
      }
    if (from == to)
      break;
    value = values[bytes[from++]];
    if (value == SKIPPED)
      continue;
    if (value == PADDING) {
      padding++;
      continue;
    }
    if ((value == INVALID) || padding)
      return -1;
    held = (held << 6 | value) & 0xFFF;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (uint8_t)(held >> bits);
    }
  }
  if ((bits == 6) || (padding > 2) || (padding && (padding * 2 != bits))
      || (held & ((1u << bits) - 1)))
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
