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
  uint32_t bias, before[2]; /* place in base = place in image + bias, modulo 2^32 */
  uint32_t range, code;
  uint32_t left, back; /* of the token under way: its bytes, its distance in the image or 0 */
  uint32_t difference; /* of the ADD under way */
  uint32_t window; /* what the caller's window holds begins there, or is asked for */
  int32_t windowKind; /* NEEDS_BASE, NEEDS_IMAGE; NEEDS_SEGMENT: nothing yet */
  /* Bytes of the segment, its head included: wanted, here, decoded. Before the head is whole no
   * more than the head is wanted. */
  uint32_t wanted, held, next;
  uint32_t last; /* kind of the token before */
  uint32_t isSought, isAdding, isFailed;
  uint32_t recent[RECENT];
  uint16_t probability[MODEL_SIZE];
  uint8_t input[SEGMENT_HEAD_BYTES + SEGMENT_BYTES_MAX];
} Delta;

static uint32_t least(uint32_t a, uint32_t b)
{
  return a < b ? a : b;
}

static void shift(Delta* delta)
{
  uint8_t byte = 0;
  if (delta->next < delta->wanted)
    byte = delta->input[delta->next++];
  else
    delta->isFailed = 1;
  delta->code = delta->code << 8 | byte;
}

/* Takes the upper part of the range, from `bound` on, or the lower one. */
static uint32_t choose(Delta* delta, uint32_t bound)
{
  uint32_t isUpper = delta->code >= bound;
  if (isUpper) {
    delta->range -= bound;
    delta->code -= bound;
  } else
    delta->range = bound;
  while (delta->range < RANGE_MIN) {
    delta->range <<= 8;
    shift(delta);
  }
  return isUpper;
}

static uint32_t bit(Delta* delta, uint32_t at)
{
  uint16_t* probability = &delta->probability[at];
  uint32_t isOne = choose(delta, (delta->range >> PROBABILITY_BITS) * *probability);
  if (isOne)
    *probability = (uint16_t)(*probability - (*probability >> ADAPT_SHIFT));
  else
    *probability += (uint16_t)(((1 << PROBABILITY_BITS) - *probability) >> ADAPT_SHIFT);
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
    uint32_t half = delta->range >> 1;
    delta->range = half << 1;
    value = value << 1 | choose(delta, half);
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
  uint32_t top = least(rest, 2);
  uint32_t low = least(rest - top, 4);
  uint32_t middle = rest - top - low;
  uint32_t value = (1u << top) + tree(delta, at + FAR_TOP + rest * 4, top);
  value = value << middle | direct(delta, middle);
  return value << low | tree(delta, at + FAR_LOW, low);
}

static int isInBase(const Delta* delta, uint32_t length)
{
  uint32_t at = delta->out + delta->bias;
  return (at <= delta->baseLength) && (length <= delta->baseLength - at);
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
    else if (bits)
      zigzag = (1u << (bits - 1)) | direct(delta, bits - 1);
    value = (zigzag >> 1) ^ (0u - (zigzag & 1));
    index--;
  } else
    value = delta->recent[index];
  for (; index > 0; index--)
    delta->recent[index] = delta->recent[index - 1];
  delta->recent[0] = value;
  return value;
}

/* Base comes from another place from here on: a new one, or one of the two before. */
static void jump(Delta* delta, uint32_t from)
{
  uint32_t to = delta->before[from == 3];
  if (from == 1) {
    uint32_t isBehind = bit(delta, AT_SIGN);
    uint32_t far = distance(delta, AT_BASE_FAR);
    to = delta->bias + (isBehind ? 0u - far : far);
  }
  if (from != 2)
    delta->before[1] = delta->before[0];
  delta->before[0] = delta->bias;
  delta->bias = to;
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
}

/* What a token takes has to be there, and to fit. */
static void token(Delta* delta, uint8_t* work)
{
  uint32_t context = delta->last * 4 + (delta->out & 3);
  uint32_t kind = tree(delta, AT_KIND + context * 4, 2);
  uint32_t length;
  if (delta->isSought && (kind != TOKEN_ADD)) {
    delta->isFailed = 1;
    return;
  }
  delta->isSought = 0;
  delta->last = kind;
  delta->back = 0;
  if (kind == TOKEN_LITERAL) {
    work[delta->out % WORK_BYTES] = (uint8_t)tree(delta, AT_LITERAL + (delta->out & 3) * 256, 8);
    delta->out++;
    return;
  }
  length = 4;
  if (kind == TOKEN_ADD) {
    delta->difference = nextDifference(delta);
    delta->isAdding = 1;
  } else {
    if (kind == TOKEN_COPY)
      delta->left = number(delta, AT_COPY_BITS + context * 32, AT_COPY_TAIL);
    else
      match(delta);
    length = delta->left;
  }
  if ((length > delta->end - delta->out) || (!delta->back && length && !isInBase(delta, length)))
    delta->isFailed = 1;
}

/* Where the window has `length` bytes of flash at `at`; NULL: it is asked for, as a whole window if
 * there is that much before `limit`. */
static const uint8_t* seek(
    Delta* delta, const uint8_t* window, int kind, uint32_t at, uint32_t length, uint32_t limit)
{
  uint32_t from = at - delta->window;
  if ((kind == delta->windowKind) && (from <= WINDOW_BYTES - length))
    return window + from;
  delta->windowKind = kind;
  delta->window = least(at, limit > WINDOW_BYTES ? limit - WINDOW_BYTES : 0);
  return NULL;
}

/* Puts the word of base and the difference. 0: it asks for the word. */
static int add(Delta* delta, uint8_t* work, const uint8_t* window)
{
  uint32_t sum = 0, difference = delta->difference;
  window = seek(delta, window, NEEDS_BASE, delta->out + delta->bias, 4, delta->baseLength);
  if (!window)
    return 0;
  for (int i = 0; i < 4; i++) {
    sum = (sum >> 8) + window[i] + (uint8_t)difference;
    difference >>= 8;
    work[delta->out++ % WORK_BYTES] = (uint8_t)sum;
  }
  delta->isAdding = 0;
  return 1;
}

/* Some bytes of the token under way, none beyond `stop`. 0: it asks for them. */
static int copy(Delta* delta, uint8_t* work, const uint8_t* window, uint32_t stop)
{
  uint32_t most = least(delta->left, stop - delta->out);
  uint32_t at = delta->out + delta->bias;
  uint32_t limit = delta->baseLength;
  uint32_t kept = ~0u;
  int kind = NEEDS_BASE;
  if (delta->back) {
    uint32_t block = delta->out - delta->out % PIECE_BYTES;
    kept = block - least(block, PIECE_BYTES);
    if (kept < delta->first)
      kept = delta->first;
    at = delta->out - delta->back;
    limit = block > delta->first ? block : delta->first;
    kind = NEEDS_IMAGE;
  }
  if (at >= kept) {
    for (uint32_t i = 0; i < most; i++)
      work[(delta->out + i) % WORK_BYTES] = work[(at + i) % WORK_BYTES];
  } else {
    window = seek(delta, window, kind, at, 1, limit);
    if (!window)
      return 0;
    most = least(most, kept - at);
    most = least(most, delta->window + WINDOW_BYTES - at);
    memcpy(work + delta->out % WORK_BYTES, window, most);
  }
  delta->out += most;
  delta->left -= most;
  return 1;
}

/* A token, or some of one. Then, at the end of a segment, its code must be at its end, too. 0: it
 * asks for flash. */
static int advance(Delta* delta, uint8_t* work, const uint8_t* window, uint32_t stop)
{
  int isDone = 1;
  if (delta->isAdding)
    isDone = add(delta, work, window);
  else if (delta->left)
    isDone = copy(delta, work, window, stop);
  else
    token(delta, work);
  if ((delta->out == delta->end) && !delta->isFailed) {
    delta->isFailed = delta->next != delta->wanted;
    delta->wanted = SEGMENT_HEAD_BYTES;
    delta->held = 0;
  }
  return isDone;
}

/* The bench counts the decoder without what XS calls. */
static __attribute__((noinline)) int run(Delta* delta, uint8_t* work, const uint8_t* window)
{
  uint32_t given = delta->given;
  uint32_t stop = given + least(delta->imageLength - given, PIECE_BYTES - given % PIECE_BYTES);
  for (;;) {
    if (delta->isFailed)
      return CORRUPT;
    if ((delta->out >= stop) && (stop > given)) {
      delta->given = stop;
      return (int)(stop - given);
    }
    if (delta->held < delta->wanted)
      return NEEDS_SEGMENT;
    if (!advance(delta, work, window, least(stop, delta->end)))
      return delta->windowKind;
  }
}

static uint32_t word(const uint8_t* bytes)
{
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Whether the head of a segment can be true; then the model begins anew. */
static int open(Delta* delta)
{
  uint32_t length = delta->input[0] | (uint32_t)delta->input[1] << 8;
  uint32_t makes = word(delta->input + 2);
  if ((length < CODE_BYTES_MIN) || (length > SEGMENT_BYTES_MAX))
    return 0;
  if (!makes || (makes > delta->imageLength - delta->out))
    return 0;
  delta->wanted += length;
  delta->next = SEGMENT_HEAD_BYTES;
  delta->end = delta->out + makes;
  delta->bias = word(delta->input + 6) - delta->out;
  delta->before[0] = delta->before[1] = delta->bias;
  delta->last = TOKEN_COPY;
  delta->range = 0xffffffff;
  memset(delta->recent, 0, sizeof(delta->recent));
  for (int i = 0; i < MODEL_SIZE; i++)
    delta->probability[i] = PROBABILITY_START;
  return 1;
}

static __attribute__((noinline)) int feed(Delta* delta, const uint8_t* bytes, uint32_t length)
{
  uint32_t taken = least(length, delta->wanted - delta->held);
  if (taken && (delta->out == delta->imageLength))
    delta->isFailed = 1;
  if (delta->isFailed)
    return CORRUPT;
  memcpy(delta->input + delta->held, bytes, taken);
  delta->held += taken;
  if (!taken || (delta->held < delta->wanted))
    return (int)taken;
  if (delta->held > SEGMENT_HEAD_BYTES) {
    for (int i = 0; i < CODE_BYTES_MIN; i++)
      shift(delta);
  } else if (!open(delta)) {
    delta->isFailed = 1;
    return CORRUPT;
  }
  return (int)taken;
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
  if (!delta) { /* those that nobody holds any more have it */
    xsCollectGarbage();
    delta = calloc(1, sizeof(Delta));
  }
  if (!delta)
    xsUnknownError("no memory");
  delta->wanted = SEGMENT_HEAD_BYTES;
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
  xsmcSetNumber(xsResult, delta->wanted - delta->held);
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
