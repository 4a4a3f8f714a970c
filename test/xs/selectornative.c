/* Natives of selectornative.ts: the selector as a part of the program, as boards have it. What a
   port throws leaves the C by a jump; nothing in it is lost. */
#include "../../hal/common/base/arguments.h"
#include "../../hal/common/base/receiver.h"
#include "mc.xs.h"
#include "../../hal/sim/selector.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  BootKey keys[BOOT_KEYS_MAX];
  int keyCount;
  uint32_t blockLength;
  uint32_t writeAlign;
} Selector;

/* One call. The ports are in xsVar(PORTS), and stay there. */
typedef struct {
  Partition log; /* first, so that a Partition of this file is one of these */
  BootBoard board;
  xsMachine* the;
} Call;

enum { PORTS, FIRST, SECOND, RESULT, VARS };

/* A slot or a part of the log lies in the heap of XS while it is looked at: nothing moves it, since
 * the C calls no JavaScript meanwhile. */
static uint8_t* bytesIn(xsMachine* the)
{
  return toReadable(the, &xsVar(FIRST)).bytes;
}

static int readLog(const Partition* partition, uint32_t offset, void* bytes, uint32_t length)
{
  xsMachine* the = ((const Call*)partition)->the;
  xsmcSetArrayBuffer(xsVar(FIRST), NULL, (xsIntegerValue)length);
  xsmcSetInteger(xsVar(SECOND), (xsIntegerValue)offset);
  xsmcCall(xsVar(RESULT), xsVar(PORTS), xsID("read"), &xsVar(FIRST), &xsVar(SECOND), NULL);
  memcpy(bytes, bytesIn(the), length);
  return xsmcTest(xsVar(RESULT));
}

static int writeLog(const Partition* partition, uint32_t offset, const void* bytes, uint32_t length)
{
  xsMachine* the = ((const Call*)partition)->the;
  xsmcSetArrayBuffer(xsVar(FIRST), (void*)bytes, (xsIntegerValue)length);
  xsmcSetInteger(xsVar(SECOND), (xsIntegerValue)offset);
  xsmcCall(xsVar(RESULT), xsVar(PORTS), xsID("write"), &xsVar(FIRST), &xsVar(SECOND), NULL);
  return xsmcTest(xsVar(RESULT));
}

static int eraseLog(const Partition* partition, uint32_t block)
{
  xsMachine* the = ((const Call*)partition)->the;
  xsmcSetInteger(xsVar(FIRST), (xsIntegerValue)block);
  xsmcCall(xsVar(RESULT), xsVar(PORTS), xsID("erase"), &xsVar(FIRST), NULL);
  return xsmcTest(xsVar(RESULT));
}

static const uint8_t* slotBytes(const BootBoard* board, int slot, uint32_t* room)
{
  xsMachine* the = ((const Call*)board->log)->the;
  xsmcSetInteger(xsVar(SECOND), slot);
  xsmcCall(xsVar(FIRST), xsVar(PORTS), xsID("slot"), &xsVar(SECOND), NULL);
  *room = toReadable(the, &xsVar(FIRST)).length;
  return bytesIn(the);
}

static const char* checkPayload(const BootBoard* board, const BootImage* image)
{
  (void)board;
  (void)image;
  return NULL;
}

static void refused(const BootBoard* board, int slot, const char* why)
{
  xsMachine* the = ((const Call*)board->log)->the;
  xsmcSetInteger(xsVar(FIRST), slot);
  xsmcSetString(xsVar(SECOND), (char*)why);
  xsmcCall(xsVar(RESULT), xsVar(PORTS), xsID("refused"), &xsVar(FIRST), &xsVar(SECOND), NULL);
}

/* XS calls this with NULL for the prototype object. */
void xs_selector_destructor(void* data)
{
  free(data);
}

void xs_selector(xsMachine* the)
{
  uint32_t blockLength = toIndex(the, &xsArg(1)), writeAlign = toIndex(the, &xsArg(2));
  Buffer der = toReadable(the, &xsArg(0));
  Selector* selector;
  checkNew(the, xs_selector_destructor);
  selector = calloc(1, sizeof(Selector));
  if (!selector)
    xsUnknownError("no memory");
  selector->blockLength = blockLength;
  selector->writeAlign = writeAlign;
  selector->keyCount = selectorKeys(selector->keys, der.bytes, der.length);
  if (selector->keyCount < 0) {
    free(selector);
    xsUnknownError("not one to four public keys in DER, Ed25519 or P-256");
  }
  xsmcSetHostData(xsThis, selector);
}

static void begin(xsMachine* the, Call* call)
{
  const Selector* selector = toReceiver(the, xs_selector_destructor);
  call->log = (Partition){ BOOT_BLOCKS, selector->blockLength, selector->writeAlign, readLog,
    writeLog, eraseLog };
  call->board = (BootBoard){ &call->log, selector->keys, selector->keyCount, slotBytes,
    checkPayload, refused };
  call->the = the;
  xsmcVars(VARS);
  xsVar(PORTS) = xsArg(0);
}

static void giveResult(xsMachine* the, SelectorResult result)
{
  if (result.problem)
    xsmcSetString(xsResult, (char*)result.problem);
  else
    xsmcSetInteger(xsResult, (xsIntegerValue)result.told);
}

void xs_selector_select(xsMachine* the)
{
  uint32_t cause = toIndex(the, &xsArg(1));
  Call call;
  begin(the, &call);
  xsmcSetInteger(xsResult, (xsIntegerValue)selectorSelect(&call.board, (uint8_t)cause));
}

void xs_selector_arm(xsMachine* the)
{
  uint32_t told = toIndex(the, &xsArg(1));
  Call call;
  begin(the, &call);
  giveResult(the, selectorArm(&call.board, told));
}

void xs_selector_confirm(xsMachine* the)
{
  uint32_t told = toIndex(the, &xsArg(1));
  Call call;
  begin(the, &call);
  giveResult(the, selectorConfirm(&call.board, told));
}

void xs_selector_pause_minutes(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)bootPauseMinutes((uint8_t)toIndex(the, &xsArg(0))));
}
