/* Strings and UTF-8 bytes. Strings of XS are nearly UTF-8 already: NUL is C0 80, and halves of a
 * surrogate pair can occur. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include <stddef.h>
#include <string.h>

typedef uint32_t __attribute__((may_alias)) Word;

/* The first byte that is NUL or not ASCII, or `end`. Nearly all that comes is ASCII: four bytes at
 * a time. */
static const uint8_t* pastAscii(const uint8_t* p, const uint8_t* end)
{
  while ((p < end) && ((uintptr_t)p % sizeof(Word)) && *p && (*p < 0x80))
    p++;
  if (!((uintptr_t)p % sizeof(Word)))
    while ((end - p >= (ptrdiff_t)sizeof(Word))
        && !((((*(const Word*)p - 0x01010101u) | *(const Word*)p)) & 0x80808080u))
      p += sizeof(Word);
  while ((p < end) && *p && (*p < 0x80))
    p++;
  return p;
}

/* The first byte that does not belong to text, or `end`. Shortest forms only, no surrogates,
 * nothing above U+10FFFF, no NUL. */
static const uint8_t* pastText(const uint8_t* p, const uint8_t* end)
{
  for (;;) {
    const uint8_t* start = p = pastAscii(p, end);
    uint32_t c, least, more;
    if (p == end)
      return end;
    c = *p++;
    if ((c & 0xE0) == 0xC0) {
      c &= 0x1F;
      more = 1;
      least = 0x80;
    } else if ((c & 0xF0) == 0xE0) {
      c &= 0x0F;
      more = 2;
      least = 0x800;
    } else if ((c & 0xF8) == 0xF0) {
      c &= 0x07;
      more = 3;
      least = 0x10000;
    } else
      return start;
    if ((uint32_t)(end - p) < more)
      return start;
    while (more--) {
      if ((*p & 0xC0) != 0x80)
        return start;
      c = (c << 6) | (*p++ & 0x3F);
    }
    if ((c < least) || (c > 0x10FFFF) || ((c & 0xFFFFF800) == 0xD800))
      return start;
  }
}

void xs_utf8_check(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t to = toIndex(the, &xsArg(2));
  Buffer buffer = toReadable(the, &xsArg(0));
  const uint8_t* bad;
  checkRange(the, from, to, buffer.length);
  bad = pastText(buffer.bytes + from, buffer.bytes + to);
  xsmcSetInteger(xsResult, bad == buffer.bytes + to ? -1 : (xsIntegerValue)(bad - buffer.bytes));
}

void xs_utf8_text(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t to = toIndex(the, &xsArg(2));
  Buffer buffer = toReadable(the, &xsArg(0));
  checkRange(the, from, to, buffer.length);
  if (pastText(buffer.bytes + from, buffer.bytes + to) != buffer.bytes + to)
    xsTypeError("not UTF-8");
  xsmcSetStringBuffer(xsResult, NULL, to - from);
  buffer = toReadable(the, &xsArg(0));
  memcpy(xsmcToString(xsResult), buffer.bytes + from, to - from);
}

void xs_utf8_past(xsMachine* the)
{
  uint32_t at = toIndex(the, &xsArg(1));
  const char* string = xsmcToString(xsArg(2));
  size_t length = strlen(string);
  Buffer buffer = toReadable(the, &xsArg(0));
  int isThere = (at <= buffer.length) && (length <= buffer.length - at)
      && !memcmp(buffer.bytes + at, string, length);
  xsmcSetInteger(xsResult, isThere ? (xsIntegerValue)(at + length) : -1);
}

/* The first three bytes of a string, if they are one half of a surrogate pair, as a number; 0
 * otherwise. */
static uint32_t surrogate(const uint8_t* p)
{
  return (p[0] == 0xED) && (p[1] >= 0xA0) && p[2]
      ? 0xD000u | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F)
      : 0;
}

/* How many bytes of a string are bytes of UTF-8 as they are: up to its end, or to a byte that
 * begins one of the two exceptions. */
static uint32_t plainLength(const uint8_t* p)
{
  const uint8_t* start = p;
  while (*p && (*p != 0xC0) && (*p != 0xED))
    p++;
  return (uint32_t)(p - start);
}

/* Writes the bytes of a string, or only counts them when there is no target. */
static uint32_t encode(uint8_t* target, const char* string)
{
  const uint8_t* p = (const uint8_t*)string;
  uint32_t length = 0;
  for (;;) {
    uint8_t bytes[4];
    uint32_t count = plainLength(p), read = 1, half;
    if (target)
      memcpy(target + length, p, count);
    length += count;
    p += count;
    if (!*p)
      return length;
    bytes[0] = p[0];
    count = 1;
    if ((p[0] == 0xC0) && (p[1] == 0x80)) {
      bytes[0] = 0;
      read = 2;
    } else if ((half = surrogate(p))) {
      uint32_t other = half < 0xDC00 ? surrogate(p + 3) : 0,
               c = 0x10000 + ((half & 0x3FF) << 10) + (other & 0x3FF);
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

enum { TEXTS = 3 };

/* Where to write, and what: what converts an argument runs before any pointer is taken, since it
 * may move what was there. */
static uint32_t toTexts(xsMachine* the, const char* texts[TEXTS])
{
  uint32_t at = toIndex(the, &xsArg(1));
  for (int i = 0; i < TEXTS; i++)
    (void)xsmcToString(xsArg(2 + i));
  for (int i = 0; i < TEXTS; i++)
    texts[i] = xsmcToString(xsArg(2 + i));
  return at;
}

/* Writes texts, one behind the other: the index after them is the result, or -1, with nothing
 * written, when they do not fit. */
static void put(xsMachine* the, uint32_t at, const char* const* texts, int count)
{
  Buffer target = toWritable(the, &xsArg(0));
  uint32_t length = 0;
  for (int i = 0; i < count; i++)
    length += encode(NULL, texts[i]);
  xsmcSetInteger(xsResult, -1);
  if ((at > target.length) || (length > target.length - at))
    return;
  for (int i = 0; i < count; i++)
    at += encode(target.bytes + at, texts[i]);
  xsmcSetInteger(xsResult, (xsIntegerValue)at);
}

void xs_utf8_put_texts(xsMachine* the)
{
  const char* texts[TEXTS];
  uint32_t at = toTexts(the, texts);
  put(the, at, texts, TEXTS);
}

static int isMarkup(char character)
{
  return (character == '&') || (character == '<') || (character == '>') || (character == '\r');
}

void xs_utf8_put_element(xsMachine* the)
{
  const char* texts[TEXTS];
  uint32_t at = toTexts(the, texts);
  const char* value = texts[2];
  while (*value && !isMarkup(*value))
    value++;
  if (*value) {
    toWritable(the, &xsArg(0));
    xsmcSetInteger(xsResult, -1);
    return;
  }
  put(the, at, (const char*[]){ "<", texts[0], texts[1], ">", texts[2], "</", texts[0], ">" }, 8);
}
