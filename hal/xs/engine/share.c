/* Makes a shared machine small: what no machine upon it can reach is left out, what is there twice
 * is there once, and what is left is copied without gaps to the place where it stays. Nothing in a
 * shared machine is written, so that functions may have parts in common. */
#include "xsAll.h"
#include "runtime.h"
#include "share.h"

#define WORDS_MAX 64

/* Calls `visit` with every slot of the heap, those that are free too. */
static void eachSlot(
    txMachine* the, void (*visit)(txMachine* the, txSlot* slot, void* data), void* data)
{
  for (txSlot* heap = the->firstHeap; heap; heap = heap->next)
    for (txSlot* slot = heap + 1; slot < heap->value.reference; slot++)
      visit(the, slot, data);
}

/* Modules */

/* Whether the entry imports the module: those are the first ones behind it. */
static int isImported(txMachine* the, const BlobHeader* blob, txID module)
{
  const char* name = fxGetKeyName(the, module);
  for (uint32_t i = 1; i <= blob->importCount; i++)
    if (!strcmp(blobString(blob, blobModule(blob, i)->name), name))
      return 1;
  return 0;
}

static void goHome(txMachine* the, txSlot* slot, void* module)
{
  (void)the;
  if ((slot->kind == XS_HOME_KIND) && slot->value.home.module)
    slot->value.home.module = module;
}

void shareForget(txMachine* the, const BlobHeader* blob)
{
  txSlot* realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
  txSlot** link = &mxOwnModules(realm)->value.reference->next;
  txSlot* home = *link ? (*link)->value.reference : NULL;
  while (*link)
    if (isImported(the, blob, (*link)->ID)) {
      home = (*link)->value.reference;
      link = &(*link)->next;
    } else
      *link = (*link)->next;
  eachSlot(the, goHome, home);
}

/* Globals: XS keeps where each one is when it is asked for the first time. */

void shareGlobals(txMachine* the)
{
  for (txID id = XS_SYMBOL_ID_COUNT; id < XS_INTRINSICS_COUNT; id++)
    mxBehaviorGetProperty(the, mxGlobal.value.reference, id, 0, XS_ANY);
}

/* Parts in common */

/* How many words of the value of a slot mean something, from the first one on. */
static int wordsOf(const txSlot* slot)
{
  switch (slot->kind) {
  case XS_UNDEFINED_KIND:
  case XS_NULL_KIND:
    return 0;
  case XS_BOOLEAN_KIND:
  case XS_INTEGER_KIND:
  case XS_STRING_KIND:
  case XS_STRING_X_KIND:
  case XS_SYMBOL_KIND:
  case XS_REFERENCE_KIND:
  case XS_CLOSURE_KIND:
    return 1;
  default:
    return 2;
  }
}

typedef struct {
  txSlot** slots;
  uint32_t count;
} Kept;

/* The slot that is kept in the place of this one: the first of its like. */
static txSlot* likeOf(Kept* kept, txSlot* slot)
{
  size_t bytes = (size_t)wordsOf(slot) * sizeof(txSlot*);
  for (uint32_t i = 0; i < kept->count; i++) {
    txSlot* other = kept->slots[i];
    if ((other->next == slot->next) && (other->ID == slot->ID) && (other->flag == slot->flag)
        && (other->kind == slot->kind) && !memcmp(&other->value, &slot->value, bytes))
      return other;
  }
  return kept->slots[kept->count++] = slot;
}

/* The same for a list, from its end: what two lists end with they have in common. */
static txSlot* likeOfList(Kept* kept, txSlot* first)
{
  txSlot* slots[WORDS_MAX];
  uint32_t count = 0;
  txSlot* next = NULL;
  for (txSlot* slot = first; slot; slot = slot->next) {
    if (count == WORDS_MAX)
      return first;
    slots[count++] = slot;
  }
  while (count) {
    slots[--count]->next = next;
    next = likeOf(kept, slots[count]);
  }
  return next;
}

/* A function is an instance, its code with its environment, and its home, behind which some have
 * properties. */
static void mergeFunction(txMachine* the, txSlot* slot, void* data)
{
  txSlot* code = slot->next;
  (void)the;
  if ((slot->kind != XS_INSTANCE_KIND) || !code || !mxIsFunction(slot))
    return;
  if ((code->kind == XS_CODE_KIND) || (code->kind == XS_CODE_X_KIND)) {
    txSlot* environment = code->value.code.closures;
    if (environment && environment->next) {
      environment->next = likeOfList(data, environment->next);
      environment->value.instance.garbage = NULL;
      code->value.code.closures = likeOf(data, environment);
    }
  }
  if (code->next && (code->next->kind == XS_HOME_KIND) && !code->next->next)
    code->next = likeOf(data, code->next);
}

int shareMerge(txMachine* the)
{
  Kept kept = { malloc((size_t)the->currentHeapCount * sizeof(txSlot*)), 0 };
  if (!kept.slots)
    return 0;
  eachSlot(the, mergeFunction, &kept);
  free(kept.slots);
  return 1;
}

/* Copying */

/* A kind that XS does not have: what no copy is made of. */
#define FREE_KIND ((txKind)0x7F)

typedef struct {
  txByte *start, *at, *end; /* where the copy goes */
  txMachine* from;
  const char* problem;
} Copy;

static void* take(Copy* copy, size_t bytes)
{
  txByte* at = copy->at;
  bytes = (bytes + 7) & ~(size_t)7;
  if (bytes > (size_t)(copy->end - at)) {
    copy->problem = "no room for the shared machine";
    return copy->start; /* what is written there is of no use any more */
  }
  copy->at += bytes;
  return at;
}

static void copyChunks(Copy* copy)
{
  for (txBlock* block = copy->from->firstBlock; block; block = block->nextBlock)
    for (txByte* at = (txByte*)block + sizeof(txBlock); at < block->current;) {
      txChunk* chunk = (txChunk*)at;
      txChunk* to = take(copy, (size_t)chunk->size);
      if (copy->problem)
        return;
      memcpy(to, chunk, (size_t)chunk->size);
      to->temporary = NULL; /* it has not moved */
      chunk->temporary = (txByte*)to + sizeof(txChunk);
      at += chunk->size;
    }
}

static void copySlot(txMachine* the, txSlot* slot, void* data)
{
  Copy* copy = data;
  txSlot* to;
  (void)the;
  if ((slot->kind == FREE_KIND) || copy->problem)
    return;
  to = take(copy, sizeof(txSlot));
  *to = *slot;
  slot->next = to;
}

/* Where the copy is of a slot or of the data of a chunk; what is neither stays where it is. */
static void* moved(Copy* copy, const void* pointer)
{
  const txByte* p = pointer;
  for (txSlot* heap = copy->from->firstHeap; heap; heap = heap->next)
    if (((const txByte*)heap < p) && (p < (const txByte*)heap->value.reference)) {
      const txSlot* slot = pointer;
      if ((slot->kind == FREE_KIND) || ((size_t)(p - (const txByte*)heap) % sizeof(txSlot)))
        copy->problem = "a pointer to a slot that is free";
      return slot->next;
    }
  for (txBlock* block = copy->from->firstBlock; block; block = block->nextBlock)
    if (((const txByte*)block < p) && (p <= block->current)) {
      txByte* at = (txByte*)block + sizeof(txBlock);
      while ((at < block->current) && (at + sizeof(txChunk) != p))
        at += ((txChunk*)at)->size;
      if (at >= block->current)
        copy->problem = "a pointer into a chunk";
      return ((txChunk*)(p - sizeof(txChunk)))->temporary;
    }
  return (void*)pointer;
}

/* Kinds whose chunk the collector of another machine neither marks nor moves. */
static void pin(txSlot* slot)
{
  switch (slot->kind) {
  case XS_STRING_KIND:
    slot->kind = XS_STRING_X_KIND;
    break;
  case XS_CODE_KIND:
    slot->kind = XS_CODE_X_KIND;
    break;
  case XS_KEY_KIND:
    slot->kind = XS_KEY_X_KIND;
    break;
  default:
    break;
  }
}

/* How many words of its value point somewhere, from the first one on; -1: nobody has said it. */
static int pointersOf(const txSlot* slot)
{
  switch (slot->kind) {
  case XS_UNDEFINED_KIND:
  case XS_NULL_KIND:
  case XS_BOOLEAN_KIND:
  case XS_INTEGER_KIND:
  case XS_NUMBER_KIND:
  case XS_SYMBOL_KIND:
  case XS_DATA_VIEW_KIND:
  case XS_BUFFER_INFO_KIND:
  case XS_TYPED_ARRAY_KIND: /* tables of XS itself */
    return 0;
  case XS_STRING_X_KIND:
  case XS_KEY_X_KIND: /* and a hash, as the next one */
  case XS_ENTRY_KIND:
  case XS_REFERENCE_KIND:
  case XS_CLOSURE_KIND:
  case XS_ARRAY_KIND: /* and a length, as the next ones */
  case XS_ARRAY_BUFFER_KIND:
  case XS_GLOBAL_KIND:
  case XS_MAP_KIND:
  case XS_SET_KIND:
  case XS_MODULE_KIND: /* and an identifier of two bytes */
    return 1;
  case XS_INSTANCE_KIND:
  case XS_CALLBACK_KIND:
  case XS_CODE_X_KIND:
  case XS_HOST_KIND:
  case XS_ACCESSOR_KIND:
  case XS_HOME_KIND:
  case XS_LIST_KIND:
  case XS_EXPORT_KIND:
    return 2;
  default:
    return -1;
  }
}

static void relocate(Copy* copy, txSlot* slot)
{
  void** words = (void**)&slot->value;
  int count;
  pin(slot);
  count = pointersOf(slot);
  if (count < 0)
    copy->problem = "a module has made what cannot be shared";
  for (int i = wordsOf(slot); i < (int)(sizeof(txValue) / sizeof(void*)); i++)
    words[i] = NULL; /* what was left there by chance */
  if (slot->kind == XS_INSTANCE_KIND)
    slot->value.instance.garbage = NULL;
  else if (slot->kind == XS_MODULE_KIND) {
    txID id = slot->value.module.id;
    words[1] = NULL;
    slot->value.module.id = id;
  }
  for (int i = 0; i < count; i++)
    words[i] = moved(copy, words[i]);
}

static txSize bytesOf(const void* data)
{
  return ((const txChunk*)((const txByte*)data - sizeof(txChunk)))->size - (txSize)sizeof(txChunk);
}

/* What a slot has in its chunk, after both are in their places. */
static void relocateItems(Copy* copy, txSlot* slot)
{
  if ((slot->kind == XS_ARRAY_KIND) && slot->value.array.address) {
    txSlot* items = slot->value.array.address;
    txSize count = bytesOf(items) / (txSize)sizeof(txSlot);
    for (txSize i = 0; i < count; i++)
      relocate(copy, &items[i]);
  } else if ((slot->kind == XS_MAP_KIND) || (slot->kind == XS_SET_KIND)
      || (slot->kind == XS_GLOBAL_KIND)) {
    txSlot** items = slot->value.table.address;
    for (txSize i = 0; i < slot->value.table.length; i++)
      items[i] = moved(copy, items[i]);
  }
}

static txSlot** copyTable(Copy* copy, txSlot** table, txSize count)
{
  txSlot** to = take(copy, (size_t)count * sizeof(txSlot*));
  for (txSize i = 0; (i < count) && !copy->problem; i++)
    to[i] = moved(copy, table[i]);
  return to;
}

const char* shareCopy(
    txMachine* the, void* place, uint32_t room, txMachine** machine, uint32_t* length)
{
  Copy copy = { place, place, (txByte*)place + room, the, NULL };
  txMachine* to = take(&copy, sizeof(txMachine));
  txSize stack = (txSize)(the->stackTop - the->stack);
  txSlot *slots, *slot;
  for (txSlot* free = the->freeHeap; free; free = free->next)
    free->kind = FREE_KIND;
  memset(to, 0, sizeof(txMachine));
  copyChunks(&copy);
  slots = (txSlot*)copy.at;
  eachSlot(the, copySlot, &copy);
  slot = take(&copy, (size_t)stack * sizeof(txSlot));
  if (copy.problem)
    return copy.problem;
  memcpy(slot, the->stack, (size_t)stack * sizeof(txSlot));
  to->stackTop = slot + stack;
  for (slot = slots; slot < to->stackTop; slot++) {
    slot->next = moved(&copy, slot->next);
    relocate(&copy, slot);
    relocateItems(&copy, slot);
  }
  /* What fxCloneMachine reads */
  to->keyIndex = the->keyIndex;
  to->keyArray = copyTable(&copy, the->keyArray, the->keyIndex);
  to->nameTable = copyTable(&copy, the->nameTable, the->nameModulo);
  to->symbolTable = copyTable(&copy, the->symbolTable, the->symbolModulo);
  to->aliasCount = the->aliasCount;
  to->profileID = the->profileID;
  *machine = to;
  *length = (uint32_t)(copy.at - copy.start);
  return copy.problem;
}
