/* File and line in Error.stack without mxDebug and without line opcodes: the blob maps code offsets
   to lines. defaults.c names this one, so that XS calls it. */
#include "xsAll.h"
#include "runtime.h"

static uint32_t lineAt(const BlobHeader* blob, const BlobModule* module, uint32_t offset)
{
  const BlobPosition* positions = (const BlobPosition*)((const char*)blob + module->positions);
  uint32_t low = 0, high = module->positionCount;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (positions[middle].code <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low ? positions[low - 1].line : 0;
}

static void locate(const Runtime* runtime, const txByte* code, txSlot* entry)
{
  for (uint32_t i = 0; i < runtime->blob->moduleCount; i++) {
    const BlobModule* module = blobModule(runtime->blob, i);
    const txByte* start = (const txByte*)runtime->blob + module->code;
    if (runtime->files[i] && (start <= code) && (code < start + module->codeSize)) {
      entry->ID = runtime->files[i];
      entry->value.key.sum = lineAt(runtime->blob, module, (uint32_t)(code - start));
      return;
    }
  }
}

/* Each frame keeps the return address in its caller; the byte before it is in the call. A host has
 * none. */
static const txByte* before(const txSlot* frame)
{
  return frame->value.frame.code ? (const txByte*)frame->value.frame.code - 1 : NULL;
}

void captureErrorStack(txMachine* the, txSlot* internal, txSlot* frame)
{
  txSlot* callee = the->frame;
  const txByte* code = (const txByte*)the->code;
  txSlot* entry;
  fxCaptureErrorStack(the, internal, frame);
  entry = internal->value.reference->next;
  while (callee && (callee != frame)) {
    code = before(callee);
    callee = callee->next;
  }
  while (frame->next && entry) {
    txSlot* function = frame + 3;
    if ((function->kind == XS_REFERENCE_KIND) && mxIsFunction(function->value.reference)) {
      locate(the->context, code, entry);
      entry = entry->next;
    }
    code = before(frame);
    frame = frame->next;
  }
}
