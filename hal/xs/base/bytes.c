/* Search, comparison, copy and hexadecimal digits. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
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

void xs_bytes_find_any(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  uint32_t to = toIndex(the, &xsArg(2));
  const char* characters = xsmcToString(xsArg(3));
  Buffer buffer = toReadable(the, &xsArg(0));
  uint32_t wanted[4] = { 0 }; /* a bit for each ASCII character */
  checkRange(the, from, to, buffer.length);
  for (; *characters; characters++)
    wanted[(*characters >> 5) & 3] |= 1u << (*characters & 31);
  while ((from < to) && !((buffer.bytes[from] < 0x80) && ((wanted[buffer.bytes[from] >> 5] >> (buffer.bytes[from] & 31)) & 1)))
    from++;
  xsmcSetInteger(xsResult, from < to ? (xsIntegerValue)from : -1);
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
