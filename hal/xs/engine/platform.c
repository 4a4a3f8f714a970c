/* The hooks that XS 13 wants from its platform: memory, the end, jobs, modules. */
#include "xsAll.h"
#include "runtime.h"
#include "natives.h"

#define HOSTS_MAX 32

void memoryReport(txMachine* the, const char* format, ...);

static Runtime* runtimeOf(txMachine* the)
{
  return the->context;
}

/* The names that the engine has itself lie where they are: no chunk has a copy. */
void fxBuildKeys(txMachine* the)
{
  for (int i = 0; i < XS_SYMBOL_ID_COUNT; i++) {
    txSlot* description = fxNewSlot(the);
    description->kind = XS_STRING_X_KIND;
    description->value.string = gxIDStrings[i];
    the->keyArray[the->keyIndex++] = description;
  }
  for (int i = XS_SYMBOL_ID_COUNT; i < XS_ID_COUNT; i++)
    fxNewNameX(the, gxIDStrings[i]);
}

/* Memory */

void* fxAllocateChunks(txMachine* the, txSize size)
{
  void* result = malloc(size);
  if (result)
    runtimeOf(the)->chunkBytes += size;
  return result;
}

void fxFreeChunks(txMachine* the, void* chunks)
{
  (void)the;
  free(chunks);
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
  txSlot* result = malloc(count * sizeof(txSlot));
  if (result)
    runtimeOf(the)->slotBytes += count * sizeof(txSlot);
  return result;
}

void fxFreeSlots(txMachine* the, void* slots)
{
  (void)the;
  free(slots);
}

/* Bytes from the start of each block to where its next chunk goes. */
static txSize filledChunks(txMachine* the)
{
  txSize sum = 0;
  for (txBlock* block = the->firstBlock; block; block = block->nextBlock)
    sum += (txSize)(block->current - ((txByte*)block + sizeof(txBlock)));
  return sum;
}

/* xsMemory.c alone is compiled with mxReport and with this in place of fxReport: it tells of each
 * collection when it ends. */
void memoryReport(txMachine* the, const char* format, ...)
{
  Runtime* runtime = runtimeOf(the);
  if (strncmp(format, "# Slot collection", 17))
    return;
  runtime->collections++;
  if (runtime->liveSlots < (uint32_t)the->currentHeapCount)
    runtime->liveSlots = the->currentHeapCount;
  if (runtime->peakChunks < (uint32_t)the->peakChunksSize)
    runtime->peakChunks = the->peakChunksSize;
  /* Not every collection is one of chunks. That one was, if they take less than before it, and
     leave no holes, as a chunk does that shrank where it lies. */
  if ((the->currentChunksSize < the->peakChunksSize)
      && (the->currentChunksSize == filledChunks(the))
      && (runtime->liveChunks < (uint32_t)the->currentChunksSize))
    runtime->liveChunks = the->currentChunksSize;
  the->peakChunksSize = the->currentChunksSize;
}

/* Functions have no properties `length` and `name`: these would take two slots each, also of the
   500 functions of XS itself. Stacks of errors have the names all the same. */
txSlot* noFunctionLength(txMachine* the, txSlot* instance, txNumber length)
{
  (void)the, (void)instance, (void)length;
  return NULL;
}

txSlot* noFunctionName(
    txMachine* the, txSlot* instance, txID id, txIndex index, txID former, txString prefix)
{
  (void)the, (void)instance, (void)id, (void)index, (void)former, (void)prefix;
  return NULL;
}

char* fxCStackLimit(void)
{
  return boardStackLimit();
}

/* The end */

static void printEnd(txMachine* the, int status)
{
  char text[160];
  RuntimeHeap heap;
  const char* reason = status == RUNTIME_OUT_OF_MEMORY ? "out of memory"
      : status == RUNTIME_STACK_OVERFLOW               ? "stack overflow"
      : status == RUNTIME_OUT_OF_KEYS                  ? "too many property names"
      : status == RUNTIME_UNHANDLED_EXCEPTION          ? "exception in a job"
                                                       : "the engine gave up";
  runtimeHeap(the, &heap);
  snprintf(text, sizeof(text),
      "XS abort %d: %s (%u slots of %u bytes and %u bytes of chunks in use, stack of %u slots)\n",
      status, reason, (unsigned)heap.slots, (unsigned)heap.slotBytes, (unsigned)heap.chunks,
      (unsigned)(the->stackTop - the->stackBottom));
  boardPrint(text);
}

void fxAbort(txMachine* the, int status)
{
  if (status == XS_UNHANDLED_REJECTION_EXIT) {
    runtimePrintError(the, "unhandled rejection: ", (xsSlot*)&mxException);
    runtimeOf(the)->failed = 1;
    return;
  }
  if (status == XS_UNHANDLED_EXCEPTION_EXIT)
    runtimePrintError(the, "unhandled exception: ", (xsSlot*)&mxException);
  printEnd(the, status);
  boardAbort(status);
}

txScript* fxParseScript(txMachine* the, void* stream, txGetter getter, txUnsigned flags)
{
  (void)the, (void)stream, (void)getter, (void)flags;
  return NULL; /* no parser in the firmware */
}

/* Jobs run when runtimeRun or a native of the board asks for it. */
void fxQueuePromiseJobs(txMachine* the)
{
  the->promiseJobs = 1;
}

/* Modules */

static void toParent(char* path)
{
  char* slash = strrchr(path, '/');
  if (slash)
    *slash = 0;
  else
    *path = 0;
}

/* "./x.js" and "../x.js" count from the folder of the importer; module names have no extension. */
txID fxFindModule(txMachine* the, txSlot* realm, txID importer, txSlot* specifier)
{
  char name[C_PATH_MAX], path[C_PATH_MAX], *rest = name;
  size_t length;
  (void)realm;
  fxToStringBuffer(the, specifier, name, sizeof(name));
  length = strlen(name);
  if ((length > 3) && !strcmp(name + length - 3, ".js"))
    name[length - 3] = 0;
  path[0] = 0;
  if ((*rest == '.') && (importer != XS_NO_ID)) {
    snprintf(path, sizeof(path), "%s", fxGetKeyName(the, importer));
    toParent(path);
    for (;;) {
      if (!strncmp(rest, "./", 2))
        rest += 2;
      else if (!strncmp(rest, "../", 3)) {
        rest += 3;
        toParent(path);
      } else
        break;
    }
  }
  if (strlen(path) + 1 + strlen(rest) >= sizeof(path))
    mxRangeError("path of a module is too long");
  if (*path)
    strcat(path, "/");
  strcat(path, rest);
  return fxNewNameC(the, path);
}

/* XS calls this before the module runs: the result is what its host opcodes index. */
static void buildHosts(txMachine* the)
{
  const BlobHeader* blob = runtimeOf(the)->blob;
  const BlobModule* module = runtimeOf(the)->loading;
  const BlobHost* hosts = (const BlobHost*)((const char*)blob + module->hosts);
  txHostFunctionBuilder builders[HOSTS_MAX];
  if (module->hostCount > HOSTS_MAX)
    mxRangeError("more than %d natives in %s", HOSTS_MAX, blobString(blob, module->name));
  for (uint32_t i = 0; i < module->hostCount; i++) {
    const Native* entry =
        hosts[i].native < blob->nativeCount ? nativeFind(blobNative(blob, hosts[i].native)) : NULL;
    if (!entry || ((entry->arity == NATIVE_CLASS) != (hosts[i].arity == BLOB_CLASS)))
      mxReferenceError("a native of %s is missing, or a class where a function is wanted",
          blobString(blob, module->name));
    builders[i].callback = (txCallback)entry->function;
    builders[i].length = hosts[i].arity;
    builders[i].id = hosts[i].name;
  }
  fxBuildHosts(the, module->hostCount, builders);
  mxPullSlot(mxResult);
}

/* A script without symbols has its identifiers in place already: XS runs codeBuffer where it lies.
 */
void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
  const BlobHeader* blob = runtimeOf(the)->blob;
  txString name = fxGetKeyName(the, moduleID);
  for (uint32_t i = 0; i < blob->moduleCount; i++) {
    const BlobModule* found = blobModule(blob, i);
    if (!strcmp(blobString(blob, found->name), name)) {
      txScript script;
      if (the->sharedMachine && i)
        mxReferenceError("module %s is not in the shared machine", name);
      memset(&script, 0, sizeof(script));
      script.codeBuffer = (txByte*)blob + found->code;
      script.codeSize = found->codeSize;
      script.path = name;
      script.callback = found->hostCount ? buildHosts : NULL;
      runtimeOf(the)->loading = found;
      fxResolveModule(the, module, moduleID, &script, NULL, NULL);
      return;
    }
  }
}
