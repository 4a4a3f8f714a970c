/* memcpy, memmove, memcmp, memset and memchr by words: those of picolibc go byte by byte and cost
 * ten times as much. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint32_t __attribute__((may_alias)) Word;

#define WORD sizeof(Word)
#define BOTH_ALIGNED(a, b) (!(((uintptr_t)(a) | (uintptr_t)(b)) % WORD))

static void copyWords(Word* to, const Word* from, size_t words)
{
  for (; words >= 8; words -= 8, to += 8, from += 8) {
    Word a = from[0], b = from[1], c = from[2], d = from[3], e = from[4], f = from[5], g = from[6],
         h = from[7];
    to[0] = a, to[1] = b, to[2] = c, to[3] = d, to[4] = e, to[5] = f, to[6] = g, to[7] = h;
  }
  while (words--)
    *to++ = *from++;
}

/* Whole words to an aligned place from one that is not: each is put together of two that are read
 * aligned. */
static const uint8_t* copyShifted(Word* to, const uint8_t* from, size_t words)
{
  uint32_t shift = (uint32_t)((uintptr_t)from % WORD) * 8;
  const Word* next = (const Word*)(from - shift / 8);
  Word held = *next++;
  for (size_t i = 0; i < words; i++) {
    Word word = *next++;
    to[i] = held >> shift | word << (32 - shift);
    held = word;
  }
  return from + words * WORD;
}

/* From low to high addresses: right for what overlaps, too, when `to` is at least a word before
 * `from`. */
static void copyForward(uint8_t* to, const uint8_t* from, size_t length)
{
  if (length >= 16) {
    while ((uintptr_t)to % WORD) {
      *to++ = *from++;
      length--;
    }
    if (BOTH_ALIGNED(to, from)) {
      copyWords((Word*)to, (const Word*)from, length / WORD);
      from += length / WORD * WORD;
      to += length / WORD * WORD;
      length %= WORD;
    } else {
      size_t words = length / WORD - 1; /* the last read stays inside the source */
      from = copyShifted((Word*)to, from, words);
      to += words * WORD;
      length -= words * WORD;
    }
  }
  while (length--)
    *to++ = *from++;
}

void* memcpy(void* restrict target, const void* restrict source, size_t length)
{
  copyForward(target, source, length);
  return target;
}

void* memmove(void* target, const void* source, size_t length)
{
  uint8_t* to = target;
  const uint8_t* from = source;
  if ((to + WORD <= from) || (to >= from + length)) {
    copyForward(to, from, length);
    return target;
  }
  if (to <= from) {
    while (length--)
      *to++ = *from++;
    return target;
  }
  to += length;
  from += length;
  if (((uintptr_t)to % WORD) == ((uintptr_t)from % WORD)) {
    for (; length && ((uintptr_t)to % WORD); length--)
      *--to = *--from;
    for (; length >= WORD; length -= WORD) {
      to -= WORD;
      from -= WORD;
      *(Word*)to = *(const Word*)from;
    }
  }
  while (length--)
    *--to = *--from;
  return target;
}

int memcmp(const void* a, const void* b, size_t length)
{
  const uint8_t* p = a;
  const uint8_t* q = b;
  if (BOTH_ALIGNED(p, q)) {
    for (; length >= 4 * WORD; length -= 4 * WORD, p += 4 * WORD, q += 4 * WORD) {
      const Word* x = (const Word*)p;
      const Word* y = (const Word*)q;
      if ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]))
        break;
    }
    for (; (length >= WORD) && (*(const Word*)p == *(const Word*)q); length -= WORD) {
      p += WORD;
      q += WORD;
    }
  }
  for (; length; length--, p++, q++)
    if (*p != *q)
      return *p - *q;
  return 0;
}

void* memset(void* target, int value, size_t length)
{
  uint8_t* to = target;
  Word word = (uint8_t)value * 0x01010101u;
  for (; length && ((uintptr_t)to % WORD); length--)
    *to++ = (uint8_t)value;
  for (; length >= 4 * WORD; length -= 4 * WORD, to += 4 * WORD)
    ((Word*)to)[0] = word, ((Word*)to)[1] = word, ((Word*)to)[2] = word, ((Word*)to)[3] = word;
  for (; length >= WORD; length -= WORD, to += WORD)
    *(Word*)to = word;
  while (length--)
    *to++ = (uint8_t)value;
  return target;
}

/* Not 0 when one of the bytes of a word is 0. */
static inline Word zeroIn(Word word)
{
  return (word - 0x01010101u) & ~word & 0x80808080u;
}

void* memchr(const void* bytes, int value, size_t length)
{
  const uint8_t* p = bytes;
  Word wanted = (uint8_t)value * 0x01010101u;
  for (; length && ((uintptr_t)p % WORD); length--, p++)
    if (*p == (uint8_t)value)
      return (void*)p;
  for (; length >= 4 * WORD; length -= 4 * WORD, p += 4 * WORD) {
    const Word* words = (const Word*)p;
    if (zeroIn(words[0] ^ wanted) | zeroIn(words[1] ^ wanted) | zeroIn(words[2] ^ wanted)
        | zeroIn(words[3] ^ wanted))
      break;
  }
  for (; length; length--, p++)
    if (*p == (uint8_t)value)
      return (void*)p;
  return NULL;
}
