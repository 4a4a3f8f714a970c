/* Decoder of delta packages (XDP1): src/base/delta.ts says what it does, and has the same steps.
   The bytes of a package are hostile: each token is checked before it is performed. The state is
   outside of the heap of XS, which could move it. */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "receiver.h"
#include <stdlib.h>
#include <string.h>

#define SEGMENT_BYTES_MAX 2560
#define SEGMENT_HEAD_BYTES 10
#define CODE_BYTES_MIN 4
#define PIECE_BYTES 256
#define WORK_BYTES (2 * PIECE_BYTES)
#define WINDOW_BYTES 256
#define RECENT 31
#define PROBABILITY_START 1024
#define PROBABILITY_BITS 11
#define ADAPT_SHIFT 4
#define RANGE_MIN 0x1000000u
#define FAR_TOP 32
#define FAR_LOW 160

enum { NEEDS_SEGMENT = 0, CORRUPT = -1, NEEDS_BASE = -2, NEEDS_IMAGE = -3 };
enum { TOKEN_COPY, TOKEN_ADD, TOKEN_LITERAL, TOKEN_MATCH };

/* Where each adaptive bit lies. */
enum {
  AT_KIND = 0,
  AT_COPY_BITS = AT_KIND + 16 * 4,
  AT_COPY_TAIL = AT_COPY_BITS + 16 * 32,
  AT_ADD_INDEX = AT_COPY_TAIL + 64,
  AT_ADD_BITS = AT_ADD_INDEX + 4 * 32,
  AT_FROM = AT_ADD_BITS + 64,
  AT_MATCH_BITS = AT_FROM + 4,
  AT_MATCH_TAIL = AT_MATCH_BITS + 32,
  AT_BASE_FAR = AT_MATCH_TAIL + 64,
  AT_IMAGE_FAR = AT_BASE_FAR + 176,
  AT_SIGN = AT_IMAGE_FAR + 176,
  AT_LITERAL = AT_SIGN + 1,
  MODEL_SIZE = AT_LITERAL + 4 * 256
};

typedef struct {
  uint32_t baseLength, imageLength;
  /* Bytes of the image that are made, and handed out; where this segment ends; and what lies before
   * `first` is in flash alone. */
  uint32_t out, given, end, first;
  int64_t bias, before[2]; /* place in base = place in image + bias */
  uint32_t range, code;
  uint32_t left, back; /* of the token under way: its bytes, its distance in the image or 0 */
  uint32_t difference; /* of the ADD under way */
  uint32_t window; /* what the caller's window holds begins there, or is asked for */
  int32_t windowKind; /* NEEDS_BASE, NEEDS_IMAGE; NEEDS_SEGMENT: nothing yet */
  uint16_t length, held, next; /* bytes of the segment's code: announced, here, decoded */
  uint8_t heads, last, isSought, isAdding, isFailed;
  uint8_t head[SEGMENT_HEAD_BYTES];
  uint32_t recent[RECENT];
  uint16_t probability[MODEL_SIZE];
  uint8_t input[SEGMENT_BYTES_MAX];
} Delta;

static void shift(Delta* delta)
{
  uint8_t byte = 0;
  if (delta->next < delta->length)
    byte = delta->input[delta->next++];
  else
    delta->isFailed = 1;
  delta->code = delta->code << 8 | byte;
}

static void normalise(Delta* delta)
{
  while (delta->range < RANGE_MIN) {
    delta->range <<= 8;
    shift(delta);
  }
}

static uint32_t bit(Delta* delta, uint32_t at)
{
  uint16_t* probability = &delta->probability[at];
  uint32_t bound = (delta->range >> PROBABILITY_BITS) * *probability;
  uint32_t isOne = delta->code >= bound;
  if (isOne) {
    delta->range -= bound;
    delta->code -= bound;
    *probability = (uint16_t)(*probability - (*probability >> ADAPT_SHIFT));
  } else {
    delta->range = bound;
    *probability += (uint16_t)(((1 << PROBABILITY_BITS) - *probability) >> ADAPT_SHIFT);
  }
  normalise(delta);
  return isOne;
}

static uint32_t tree(Delta* delta, uint32_t at, uint32_t bits)
{
  uint32_t node = 1;
  for (uint32_t i = 0; i < bits; i++)
    node = node << 1 | bit(delta, at + node);
  return node - (1u << bits);
}

static uint32_t direct(Delta* delta, uint32_t bits)
{
  uint32_t value = 0;
  while (bits-- > 0) {
    uint32_t isOne;
    delta->range >>= 1;
    isOne = delta->code >= delta->range;
    if (isOne)
      delta->code -= delta->range;
    value = value << 1 | isOne;
    normalise(delta);
  }
  return value;
}

/* 1 to 2^32 - 1. */
static uint32_t number(Delta* delta, uint32_t bitsAt, uint32_t tailAt)
{
  uint32_t rest = tree(delta, bitsAt, 5);
  uint32_t tail = rest <= 5 ? tree(delta, tailAt + (1u << rest) - 1, rest) : direct(delta, rest);
  return (1u << rest) + tail;
}

/* 1 to 2^32 - 1. */
static uint32_t distance(Delta* delta, uint32_t at)
{
  uint32_t rest = tree(delta, at, 5);
  uint32_t top = rest < 2 ? rest : 2;
  uint32_t low = rest - top < 4 ? rest - top : 4;
  uint32_t middle = rest - top - low;
  uint32_t value = (1u << top) + tree(delta, at + FAR_TOP + rest * 4, top);
  value = value << middle | direct(delta, middle);
  return value << low | tree(delta, at + FAR_LOW, low);
}

static int isInBase(const Delta* delta, uint32_t length)
{
  int64_t at = delta->out + delta->bias;
  return (at >= 0) && (at + length <= delta->baseLength);
}

/* The difference of this index, or a new one, moves to the front. */
static uint32_t nextDifference(Delta* delta)
{
  uint32_t index = tree(delta, AT_ADD_INDEX + (delta->out >> 2 & 3) * 32, 5);
  uint32_t value;
  if (index == RECENT) {
    uint32_t bits = tree(delta, AT_ADD_BITS, 6);
    uint32_t zigzag = 0;
    if (bits > 32)
      delta->isFailed = 1;
    else if (bits > 0)
      zigzag = (1u << (bits - 1)) | direct(delta, bits - 1);
    value = (zigzag >> 1) ^ (0u - (zigzag & 1));
    index--;
  } else
    value = delta->recent[index];
  memmove(delta->recent + 1, delta->recent, index * sizeof(delta->recent[0]));
  delta->recent[0] = value;
  return value;
}

/* Base comes from another place from here on: a new one, or one of the two before. */
static void jump(Delta* delta, uint32_t from)
{
  int64_t to = delta->before[from == 3];
  if (from == 1) {
    uint32_t isBehind = bit(delta, AT_SIGN);
    int64_t far = distance(delta, AT_BASE_FAR);
    to = delta->bias + (isBehind ? -far : far);
  }
  if (from != 2)
    delta->before[1] = delta->before[0];
  delta->before[0] = delta->bias;
  delta->bias = to;
}

/* What a COPY or MATCH takes has to be there, and to fit. */
static void check(Delta* delta)
{
  if (delta->left > delta->end - delta->out)
    delta->isFailed = 1;
  if (!delta->back && delta->left && !isInBase(delta, delta->left))
    delta->isFailed = 1;
}

static void match(Delta* delta)
{
  uint32_t from = tree(delta, AT_FROM, 2);
  if (from)
    jump(delta, from);
  else
    delta->back = distance(delta, AT_IMAGE_FAR);
  delta->left = number(delta, AT_MATCH_BITS, AT_MATCH_TAIL) - 1;
  if (from && delta->left)
    delta->last = TOKEN_COPY;
  delta->isSought = !delta->left;
  if ((delta->back > delta->out) || (!from && !delta->left))
    delta->isFailed = 1;
  check(delta);
}

static void token(Delta* delta, uint8_t* work)
{
  uint32_t context = delta->last * 4u + (delta->out & 3);
  uint32_t kind = tree(delta, AT_KIND + context * 4, 2);
  if (delta->isSought && (kind != TOKEN_ADD)) {
    delta->isFailed = 1;
    return;
  }
  delta->isSought = 0;
  delta->last = (uint8_t)kind;
  delta->back = 0;
  switch (kind) {
  case TOKEN_LITERAL:
    work[delta->out % WORK_BYTES] = (uint8_t)tree(delta, AT_LITERAL + (delta->out & 3) * 256, 8);
    delta->out++;
    break;
  case TOKEN_ADD:
    delta->difference = nextDifference(delta);
    delta->isAdding = 1;
    if ((delta->end - delta->out < 4) || !isInBase(delta, 4))
      delta->isFailed = 1;
    break;
  case TOKEN_COPY:
    delta->left = number(delta, AT_COPY_BITS + context * 32, AT_COPY_TAIL);
    check(delta);
    break;
  default:
    match(delta);
  }
}

/* A whole window, if there is that much before `limit`. */
static int ask(Delta* delta, int kind, uint32_t at, uint32_t limit)
{
  uint32_t last = limit > WINDOW_BYTES ? limit - WINDOW_BYTES : 0;
  delta->windowKind = kind;
  delta->window = at < last ? at : last;
  return kind;
}

static int hasBase(const Delta* delta, uint32_t at, uint32_t length)
{
  return (delta->windowKind == NEEDS_BASE) && (at >= delta->window)
      && (at - delta->window <= WINDOW_BYTES - length);
}

/* Puts the word of base and the difference, or asks for the word. */
static int add(Delta* delta, uint8_t* work, const uint8_t* window)
{
  uint32_t at = (uint32_t)(delta->out + delta->bias);
  uint32_t word;
  if (!hasBase(delta, at, 4))
    return ask(delta, NEEDS_BASE, at, delta->baseLength);
  window += at - delta->window;
  word = delta->difference + window[0] + ((uint32_t)window[1] << 8) + ((uint32_t)window[2] << 16)
      + ((uint32_t)window[3] << 24);
  for (int i = 0; i < 4; i++)
    work[delta->out++ % WORK_BYTES] = (uint8_t)(word >> 8 * i);
  delta->isAdding = 0;
  return NEEDS_SEGMENT;
}

static void moved(Delta* delta, uint32_t count)
{
  delta->out += count;
  delta->left -= count;
}

/* Bytes of the window, from flash at `at` on. */
static void take(Delta* delta, uint8_t* work, const uint8_t* window, uint32_t at, uint32_t most)
{
  uint32_t from = at - delta->window;
  uint32_t count = most < WINDOW_BYTES - from ? most : WINDOW_BYTES - from;
  memcpy(work + delta->out % WORK_BYTES, window + from, count);
  moved(delta, count);
}

/* Some bytes of the token under way, none beyond `stop`, or asks for them. */
static int copy(Delta* delta, uint8_t* work, const uint8_t* window, uint32_t stop)
{
  uint32_t most = delta->left < stop - delta->out ? delta->left : stop - delta->out;
  uint32_t block = delta->out - delta->out % PIECE_BYTES;
  uint32_t kept = block > PIECE_BYTES ? block - PIECE_BYTES : 0;
  uint32_t at;
  if (!delta->back) {
    at = (uint32_t)(delta->out + delta->bias);
    if (!hasBase(delta, at, 1))
      return ask(delta, NEEDS_BASE, at, delta->baseLength);
    take(delta, work, window, at, most);
    return NEEDS_SEGMENT;
  }
  at = delta->out - delta->back;
  if (kept < delta->first)
    kept = delta->first;
  if (at >= kept) {
    for (uint32_t i = 0; i < most; i++)
      work[(delta->out + i) % WORK_BYTES] = work[(at + i) % WORK_BYTES];
    moved(delta, most);
    return NEEDS_SEGMENT;
  }
  if ((delta->windowKind != NEEDS_IMAGE) || (at < delta->window)
      || (at - delta->window >= WINDOW_BYTES))
    return ask(delta, NEEDS_IMAGE, at, block > delta->first ? block : delta->first);
  take(delta, work, window, at, most < kept - at ? most : kept - at);
  return NEEDS_SEGMENT;
}

/* A token, or some of one. Then, at the end of a segment, its code must be at its end, too. */
static int advance(Delta* delta, uint8_t* work, const uint8_t* window, uint32_t stop)
{
  int asked = NEEDS_SEGMENT;
  if (delta->isAdding)
    asked = add(delta, work, window);
  else if (delta->left)
    asked = copy(delta, work, window, stop);
  else
    token(delta, work);
  if ((delta->out == delta->end) && !delta->isFailed) {
    delta->isFailed = delta->next != delta->length;
    delta->heads = 0;
  }
  return asked;
}

static int run(Delta* delta, uint8_t* work, const uint8_t* window)
{
  int asked = NEEDS_SEGMENT;
  while (asked == NEEDS_SEGMENT) {
    uint32_t given = delta->given;
    uint32_t left = delta->imageLength - given;
    uint32_t most = PIECE_BYTES - given % PIECE_BYTES;
    uint32_t stop = given + (left < most ? left : most);
    if (delta->isFailed)
      return CORRUPT;
    if ((delta->out >= stop) && (stop > given)) {
      delta->given = stop;
      return (int)(stop - given);
    }
    if ((delta->heads < SEGMENT_HEAD_BYTES) || (delta->held < delta->length))
      return NEEDS_SEGMENT;
    asked = advance(delta, work, window, stop < delta->end ? stop : delta->end);
  }
  return asked;
}

static uint32_t word(const uint8_t* bytes)
{
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Whether the head of a segment can be true; then the model begins anew. */
static int open(Delta* delta)
{
  uint32_t length = delta->head[0] | (uint32_t)delta->head[1] << 8;
  uint32_t makes = word(delta->head + 2);
  if ((length < CODE_BYTES_MIN) || (length > SEGMENT_BYTES_MAX))
    return 0;
  if (!makes || (makes > delta->imageLength - delta->out))
    return 0;
  delta->length = (uint16_t)length;
  delta->end = delta->out + makes;
  delta->bias = (int64_t)(int32_t)word(delta->head + 6) - delta->out;
  delta->before[0] = delta->before[1] = delta->bias;
  delta->held = delta->next = 0;
  delta->last = TOKEN_COPY;
  delta->range = 0xffffffff;
  delta->code = 0;
  memset(delta->recent, 0, sizeof(delta->recent));
  for (int i = 0; i < MODEL_SIZE; i++)
    delta->probability[i] = PROBABILITY_START;
  return 1;
}

static int feed(Delta* delta, const uint8_t* bytes, uint32_t length)
{
  uint32_t at = 0, taken;
  if (delta->isFailed)
    return CORRUPT;
  while ((at < length) && (delta->heads < SEGMENT_HEAD_BYTES)) {
    delta->isFailed = delta->out == delta->imageLength;
    delta->head[delta->heads++] = bytes[at++];
    if ((delta->heads == SEGMENT_HEAD_BYTES) && !delta->isFailed && !open(delta))
      delta->isFailed = 1;
    if (delta->isFailed)
      return CORRUPT;
  }
  if ((delta->heads < SEGMENT_HEAD_BYTES) || (delta->held == delta->length))
    return (int)at;
  taken = (uint32_t)(delta->length - delta->held);
  if (taken > length - at)
    taken = length - at;
  memcpy(delta->input + delta->held, bytes + at, taken);
  delta->held = (uint16_t)(delta->held + taken);
  if (delta->held == delta->length)
    for (int i = 0; i < CODE_BYTES_MIN; i++)
      shift(delta);
  return (int)(at + taken);
}

/* XS calls this with NULL for the prototype object. */
void xs_delta_destructor(void* data)
{
  free(data);
}

static Delta* thisDelta(xsMachine* the)
{
  return toReceiver(the, xs_delta_destructor);
}

void xs_delta(xsMachine* the)
{
  uint32_t baseLength = toIndex(the, &xsArg(0));
  uint32_t imageLength = toIndex(the, &xsArg(1));
  uint32_t from = toIndex(the, &xsArg(2));
  Delta* delta;
  checkNew(the, xs_delta_destructor);
  if (from > imageLength)
    xsRangeError("a segment begins in the image");
  delta = calloc(1, sizeof(Delta));
  if (!delta)
    xsUnknownError("no memory");
  delta->baseLength = baseLength;
  delta->imageLength = imageLength;
  delta->out = delta->given = delta->end = delta->first = from;
  xsmcSetHostData(xsThis, delta);
}

void xs_delta_position(xsMachine* the)
{
  xsmcSetNumber(xsResult, thisDelta(the)->out);
}

void xs_delta_missing(xsMachine* the)
{
  Delta* delta = thisDelta(the);
  int isOpen = delta->heads == SEGMENT_HEAD_BYTES;
  xsmcSetInteger(
      xsResult, isOpen ? delta->length - delta->held : SEGMENT_HEAD_BYTES - delta->heads);
}

void xs_delta_wanted(xsMachine* the)
{
  xsmcSetNumber(xsResult, thisDelta(the)->window);
}

void xs_delta_feed(xsMachine* the)
{
  uint32_t from = toIndex(the, &xsArg(1));
  Delta* delta = thisDelta(the);
  Buffer bytes = toReadable(the, &xsArg(0));
  checkRange(the, from, bytes.length, bytes.length);
  xsmcSetInteger(xsResult, feed(delta, bytes.bytes + from, bytes.length - from));
}

void xs_delta_run(xsMachine* the)
{
  Delta* delta = thisDelta(the);
  Buffer work = toWritable(the, &xsArg(0));
  Buffer window = toReadable(the, &xsArg(1));
  if ((work.length != WORK_BYTES) || (window.length != WINDOW_BYTES))
    xsRangeError("run");
  xsmcSetInteger(xsResult, run(delta, work.bytes, window.bytes));
}
