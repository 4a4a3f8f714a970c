/* Search, comparison, copy and hexadecimal digits. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include <stddef.h>
#include <string.h>

void xs_bytes_find(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t byte = toIndex(the, &xsArg(2));
  Buffer buffer = toReadable(the, &xsArg(0));
  uint8_t* found = NULL;
  if ((from < buffer.length) && (byte <= 0xFF))
    found = memchr(buffer.bytes + from, (int)byte, buffer.length - from);
  xsmcSetInteger(xsResult, found ? (xsIntegerValue)(found - buffer.bytes) : -1);
}

typedef uint32_t __attribute__((may_alias)) Word;

/* Past the whole words, from an aligned place on, all of whose bytes are above `highest`, an ASCII
 * character. */
static const uint8_t* pastAbove(const uint8_t* at, const uint8_t* end, uint32_t highest)
{
  uint32_t least = (highest + 1) * 0x01010101u;
  for (; end - at >= (ptrdiff_t)sizeof(Word); at += sizeof(Word)) {
    Word word = *(const Word*)at;
    if ((word - least) & ~word & 0x80808080u)
      break;
  }
  return at;
}

/* The first byte that is `wanted`, a bit for each ASCII character, or `end`. */
static const uint8_t* findWanted(const uint8_t* at, const uint8_t* end, const uint32_t wanted[4])
{
  while ((at < end) && !((*at < 0x80) && ((wanted[*at >> 5] >> (*at & 31)) & 1)))
    at++;
  return at;
}

void xs_bytes_find_any(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t to = toIndex(the, &xsArg(2));
  const char* characters = xsmcToString(xsArg(3));
  Buffer buffer = toReadable(the, &xsArg(0));
  const uint8_t* end = buffer.bytes + to;
  const uint8_t* edge = buffer.bytes + from;
  const uint8_t* at;
  uint32_t wanted[4] = { 0 }, highest = 0;
  checkRange(the, from, to, buffer.length);
  for (; *characters; characters++) {
    uint32_t character = *characters & 0x7F;
    wanted[character >> 5] |= 1u << (character & 31);
    highest = character > highest ? character : highest;
  }
  while ((edge < end) && ((uintptr_t)edge % sizeof(Word)))
    edge++;
  at = findWanted(buffer.bytes + from, edge, wanted);
  if (at == edge)
    at = findWanted(pastAbove(edge, end, highest), end, wanted);
  xsmcSetInteger(xsResult, at < end ? (xsIntegerValue)(at - buffer.bytes) : -1);
}

/* Every byte is looked at, wherever they differ: the time tells nothing about a secret. */
void xs_bytes_equal(xsMachine* the)
{
  Buffer a = toReadable(the, &xsArg(0));
  Buffer b = toReadable(the, &xsArg(1));
  const volatile uint8_t* p = a.bytes;
  const volatile uint8_t* q = b.bytes;
  uint8_t difference = 0;
  xsmcSetFalse(xsResult);
  if (a.length != b.length)
    return;
  for (uint32_t i = 0; i < a.length; i++)
    difference |= p[i] ^ q[i];
  xsmcSetBoolean(xsResult, difference == 0);
}

void xs_bytes_copy(xsMachine* the)
{
  uint32_t at = toIndex(the, &xsArg(1));
  uint32_t from = toIndex(the, &xsArg(3));
  uint32_t to = toIndex(the, &xsArg(4));
  Buffer source = toReadable(the, &xsArg(2));
  Buffer target = toWritable(the, &xsArg(0));
  checkRange(the, from, to, source.length);
  if ((at > target.length) || (to - from > target.length - at))
    xsRangeError("out of the buffer");
  if (to > from)
    memmove(target.bytes + at, source.bytes + from, to - from);
}

void xs_bytes_filled(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t to = toIndex(the, &xsArg(2));
  uint32_t value = toIndex(the, &xsArg(3));
  Buffer buffer = toReadable(the, &xsArg(0));
  checkRange(the, from, to, buffer.length);
  while ((from < to) && (buffer.bytes[from] == value))
    from++;
  xsmcSetBoolean(xsResult, from == to);
}

void xs_bytes_hex(xsMachine* the)
{
  static const char digits[] = "0123456789abcdef";
  uint32_t length = toReadable(the, &xsArg(0)).length;
  if (length > 0x1FFFFFFF)
    xsRangeError("too many bytes");
  xsmcSetStringBuffer(xsResult, NULL, 2 * length);
  {
    Buffer buffer = toReadable(the, &xsArg(0));
    char* p = xsmcToString(xsResult);
    for (uint32_t i = 0; i < length; i++) {
      *p++ = digits[buffer.bytes[i] >> 4];
      *p++ = digits[buffer.bytes[i] & 15];
    }
  }
}

static int digitOf(char c)
{
  if ((c >= '0') && (c <= '9'))
    return c - '0';
  c |= 0x20;
  return (c >= 'a') && (c <= 'f') ? c - 'a' + 10 : -1;
}

/* Fills the buffer from twice as many digits; false when they are not that many, or not digits. */
void xs_bytes_from_hex(xsMachine* the)
{
  const char* digits = xsmcToString(xsArg(1));
  Buffer result = toWritable(the, &xsArg(0));
  uint32_t i = 0;
  while (i < result.length) {
    int high = digitOf(digits[2 * i]), low = high < 0 ? -1 : digitOf(digits[2 * i + 1]);
    if (low < 0)
      break;
    result.bytes[i++] = (uint8_t)(high << 4 | low);
  }
  xsmcSetBoolean(xsResult, (i == result.length) && !digits[2 * i]);
}
