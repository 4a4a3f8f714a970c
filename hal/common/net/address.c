/* See address.h. */
#include "address.h"
#include <string.h>

static int digitOf(char character)
{
  if ((character >= '0') && (character <= '9'))
    return character - '0';
  character |= 0x20;
  return (character >= 'a') && (character <= 'f') ? character - 'a' + 10 : -1;
}

/* Four decimals: 4, or 0. */
static size_t readIPv4(const char* text, uint8_t* to)
{
  for (size_t count = 0;;) {
    const char* from = text;
    unsigned value = 0;
    for (; (*text >= '0') && (*text <= '9') && (text < from + 3); text++)
      value = value * 10 + (unsigned)(*text - '0');
    if ((text == from) || (value > 255))
      return 0;
    to[count++] = (uint8_t)value;
    if (count == 4)
      return *text ? 0 : 4;
    if (*text++ != '.')
      return 0;
  }
}

/* Up to eight groups of hexadecimal digits; two colons stand for those that are missing (RFC 4291
 * §2.2). */
static size_t readIPv6(const char* text, uint8_t* to)
{
  size_t count = 0, gap = 16;
  if ((text[0] == ':') && (text[1] == ':')) {
    gap = 0;
    text += 2;
  }
  while (*text) {
    const char* from = text;
    unsigned value = 0;
    for (; (digitOf(*text) >= 0) && (text < from + 4); text++)
      value = value * 16 + (unsigned)digitOf(*text);
    if ((*text == '.') && (count <= 12) && readIPv4(from, to + count)) {
      count += 4;
      break;
    }
    if ((text == from) || (count > 14))
      return 0;
    to[count++] = (uint8_t)(value >> 8);
    to[count++] = (uint8_t)value;
    if (!*text)
      break;
    if (*text++ != ':')
      return 0;
    if (*text == ':') {
      if (gap < 16)
        return 0;
      gap = count;
      text++;
    } else if (!*text)
      return 0;
  }
  if (gap >= 16)
    return count == 16 ? 16 : 0;
  if (count > 14)
    return 0;
  memmove(to + 16 - (count - gap), to + gap, count - gap);
  memset(to + gap, 0, 16 - count);
  return 16;
}

size_t addressOf(const char* host, uint8_t bytes[16])
{
  return strchr(host, ':') ? readIPv6(host, bytes) : readIPv4(host, bytes);
}
