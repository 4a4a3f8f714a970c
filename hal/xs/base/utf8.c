/* Strings and UTF-8 bytes. Strings of XS are nearly UTF-8 already: NUL is C0 80, and halves of a surrogate pair can occur. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include <string.h>

/* Shortest forms only, no surrogates, nothing above U+10FFFF, no NUL. */
static int isText(const uint8_t* p, const uint8_t* end)
{
  while (p < end) {
    uint32_t c = *p++, least, more;
    if (c && (c < 0x80))
      continue;
    if ((c & 0xE0) == 0xC0) { c &= 0x1F; more = 1; least = 0x80; }
    else if ((c & 0xF0) == 0xE0) { c &= 0x0F; more = 2; least = 0x800; }
    else if ((c & 0xF8) == 0xF0) { c &= 0x07; more = 3; least = 0x10000; }
    else return 0;
    if ((uint32_t)(end - p) < more)
      return 0;
    while (more--) {
      if ((*p & 0xC0) != 0x80)
        return 0;
      c = (c << 6) | (*p++ & 0x3F);
    }
    if ((c < least) || (c > 0x10FFFF) || ((c & 0xFFFFF800) == 0xD800))
      return 0;
  }
  return 1;
}

void xs_utf8_text(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t to = toIndex(the, &xsArg(2));
  Buffer buffer = toReadable(the, &xsArg(0));
  checkRange(the, from, to, buffer.length);
  if (!isText(buffer.bytes + from, buffer.bytes + to))
    xsTypeError("not UTF-8");
  xsmcSetStringBuffer(xsResult, NULL, to - from);
  buffer = toReadable(the, &xsArg(0));
  memcpy(xsmcToString(xsResult), buffer.bytes + from, to - from);
}

/* The first three bytes of a string, if they are one half of a surrogate pair, as a number; 0 otherwise. */
static uint32_t surrogate(const uint8_t* p)
{
  return (p[0] == 0xED) && (p[1] >= 0xA0) && p[2] ? 0xD000u | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F) : 0;
}

/* Writes the bytes of a string, or only counts them when there is no target. */
static uint32_t encode(uint8_t* target, const char* string)
{
  const uint8_t* p = (const uint8_t*)string;
  uint32_t length = 0;
  while (*p) {
    uint8_t bytes[4] = { p[0] };
    uint32_t count = 1, read = 1, half;
    if ((p[0] == 0xC0) && (p[1] == 0x80)) {
      bytes[0] = 0;
      read = 2;
    }
    else if ((half = surrogate(p))) {
      uint32_t other = half < 0xDC00 ? surrogate(p + 3) : 0, c = 0x10000 + ((half & 0x3FF) << 10) + (other & 0x3FF);
      int pair = other >= 0xDC00;
      bytes[0] = pair ? 0xF0 | c >> 18 : 0xEF; /* a half alone becomes U+FFFD */
      bytes[1] = pair ? 0x80 | ((c >> 12) & 0x3F) : 0xBF;
      bytes[2] = pair ? 0x80 | ((c >> 6) & 0x3F) : 0xBD;
      bytes[3] = 0x80 | (c & 0x3F);
      count = pair ? 4 : 3;
      read = pair ? 6 : 3;
    }
    if (target)
      memcpy(target + length, bytes, count);
    length += count;
    p += read;
  }
  return length;
}

void xs_utf8_encode(xsMachine* the)
{
  uint32_t length = encode(NULL, xsmcToString(xsArg(0)));
  xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)length);
  encode(toWritable(the, &xsResult).bytes, xsmcToString(xsArg(0)));
}

void xs_utf8_put(xsMachine* the)
{
  uint32_t at = toIndex(the, &xsArg(1));
  const char* string = xsmcToString(xsArg(2));
  uint32_t length = encode(NULL, string);
  Buffer target = toWritable(the, &xsArg(0));
  xsmcSetInteger(xsResult, -1);
  if ((at > target.length) || (length > target.length - at))
    return;
  encode(target.bytes + at, string);
  xsmcSetInteger(xsResult, (xsIntegerValue)(at + length));
}
