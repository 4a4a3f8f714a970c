/* The life of a machine that runs a blob. */
#include "xsAll.h"
#include "xsmc.h"
#include "runtime.h"
#include "natives.h"
#include "share.h"

static Runtime* runtimeOf(txMachine* the)
{
  return the->context;
}

/* Slots that the stack has never grown to keep this byte all over. The bottom does not tell: XS
 * writes numbers there, too. */
#define STACK_FILL 0xA5

static void fillStack(txMachine* the)
{
  memset(the->stackBottom, STACK_FILL, (size_t)((char*)the->stack - (char*)the->stackBottom));
}

static uint32_t peakStack(txMachine* the)
{
  const txSlot* slot = the->stackTop;
  txSlot untouched;
  memset(&untouched, STACK_FILL, sizeof(untouched));
  while ((slot > the->stackBottom) && memcmp(slot - 1, &untouched, sizeof(untouched)))
    slot--;
  return (uint32_t)(the->stackTop - slot);
}

void runtimeCollect(xsMachine* the)
{
  fxCollectGarbage(the);
}

void runtimeHeap(xsMachine* the, RuntimeHeap* heap)
{
  heap->slots = the->currentHeapCount;
  heap->peakSlots = the->peakHeapCount;
  heap->slotBytes = sizeof(txSlot);
  heap->chunks = the->currentChunksSize;
  heap->peakChunks = runtimeOf(the)->peakChunks > (uint32_t)the->peakChunksSize
      ? runtimeOf(the)->peakChunks
      : (uint32_t)the->peakChunksSize;
  heap->stack = (uint32_t)(the->stackTop - the->stackBottom);
  heap->peakStack = peakStack(the);
  heap->liveSlots = runtimeOf(the)->liveSlots;
  heap->liveChunks = runtimeOf(the)->liveChunks;
  heap->collections = runtimeOf(the)->collections;
}

/* An Error prints its stack, anything else its string. */
void runtimePrintError(txMachine* the, const char* what, txSlot* error)
{
  boardPrint(what);
  mxTry(the)
  {
    mxPushSlot(error);
    if (mxIsReference(the->stack)) {
      mxGetID(mxID(_stack));
      if (the->stack->kind == XS_UNDEFINED_KIND)
        *the->stack = *error;
    }
    boardPrint(fxToString(the, the->stack));
    mxPop();
  }
  mxCatch(the)
  {
    boardPrint("(no text)");
  }
  boardPrint("\n");
}

static void traceText(txMachine* the)
{
  if (mxArgc > 0)
    boardPrint(fxToString(the, mxArgv(0)));
}

/* The names of the blob must take the identifiers that the compiler gave them: first come, first
 * served. */
static const char* bindNames(txMachine* the, const BlobHeader* blob)
{
  const char* name = blobString(blob, blob->names);
  for (uint32_t i = 0; i < blob->nameCount; i++, name = blobNext(name))
    if (fxNewNameX(the, (txString)name) != XS_ID_COUNT + i)
      return "blob names do not fit this engine";
  return NULL;
}

static void bindFiles(txMachine* the, Runtime* runtime)
{
  for (uint32_t i = 0; i < runtime->blob->moduleCount; i++) {
    const BlobModule* module = blobModule(runtime->blob, i);
    if (module->file)
      runtime->files[i] = fxNewNameX(the, (txString)blobString(runtime->blob, module->file));
  }
}

static void defineGlobals(txMachine* the)
{
  xsBeginHost(the);
  {
    xsmcVars(1);
    nativesInstall(the);
    xsVar(0) = xsNewHostFunction(traceText, 1);
    xsmcDefine(xsGlobal, xsID("trace"), xsVar(0), xsDontEnum);
  }
  xsEndHost(the);
}

const char* runtimeCreate(
    Runtime* runtime, xsCreation* creation, const BlobHeader* blob, xsMachine** machine)
{
  static char reason[160];
  const char* problem;
  txMachine* the;
  if ((nativeCount > NATIVES_MAX) || (blob->moduleCount > MODULES_MAX))
    return "too many natives or modules for this firmware";
  for (uint32_t i = 0; i < blob->nativeCount; i++)
    if (!nativeFind(blobNative(blob, i))) {
      snprintf(reason, sizeof(reason), "blob needs native %s, which this firmware has not",
          blobNative(blob, i));
      return reason;
    }
  memset(runtime, 0, sizeof(Runtime));
  runtime->blob = blob;
  the = xsCreateMachine(creation, "blob", runtime);
  if (!the)
    return "no memory for a machine";
  fillStack(the);
  problem = bindNames(the, blob);
  if (problem) {
    xsDeleteMachine(the);
    return problem;
  }
  bindFiles(the, runtime);
  defineGlobals(the);
  *machine = the;
  return NULL;
}

static void runJobs(txMachine* the)
{
  do {
    while (the->promiseJobs) {
      the->promiseJobs = 0;
      fxRunPromiseJobs(the);
    }
    fxEndJob(the);
  } while (the->promiseJobs);
}

static void loaded(txMachine* the)
{
  (void)the;
}

static void fail(txMachine* the, txSlot* error)
{
  runtimePrintError(the, "uncaught: ", error);
  runtimeOf(the)->failed = 1;
}

static void notLoaded(txMachine* the)
{
  fail(the, mxArgv(0));
}

static void runModule(txMachine* the, uint32_t index)
{
  const BlobHeader* blob = runtimeOf(the)->blob;
  fxBeginHost(the);
  mxTry(the)
  {
    txSlot* realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
    mxPushStringX((txString)blobString(blob, blobModule(blob, index)->name));
    fxRunImport(the, realm, XS_NO_ID);
    mxDub();
    mxGetID(mxID(_then));
    mxCall();
    fxNewHostFunction(the, loaded, 1, XS_NO_ID, XS_NO_ID);
    fxNewHostFunction(the, notLoaded, 1, XS_NO_ID, XS_NO_ID);
    mxRunCount(2);
    mxPop();
  }
  mxCatch(the)
  {
    fail(the, &mxException);
  }
  fxEndHost(the);
  runJobs(the);
  fxCheckUnhandledRejections(the, 1);
}

int runtimeRun(xsMachine* the)
{
  runModule(the, 0);
  return runtimeOf(the)->failed;
}

const char* runtimePreload(
    xsMachine* the, void* place, uint32_t room, xsMachine** shared, uint32_t* length)
{
  const BlobHeader* blob = runtimeOf(the)->blob;
  /* Those that import nothing come last in the blob, and are loaded first. */
  for (uint32_t i = blob->moduleCount; (--i > 0) && !runtimeOf(the)->failed;) {
    runModule(the, i);
    runtimeCollect(the);
  }
  if (runtimeOf(the)->failed)
    return "a module threw";
  shareForget(the, blob);
  shareGlobals(the);
  if (!shareMerge(the))
    return "no memory to share a machine";
  fxShareMachine(the);
  return shareCopy(the, place, room, shared, length);
}

const char* runtimeClone(Runtime* runtime, xsCreation* creation, const BlobHeader* blob,
    xsMachine* shared, xsMachine** machine)
{
  memset(runtime, 0, sizeof(Runtime));
  runtime->blob = blob;
  *machine = fxCloneMachine(creation, shared, "blob", runtime);
  if (!*machine)
    return "no memory for a machine";
  bindFiles(*machine, runtime);
  return NULL;
}
