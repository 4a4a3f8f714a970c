/* One symbol table for the whole application: the code of every module gets its final identifiers,
   and opcodes that let functions and strings lie where they are, so that XS runs it without a copy.
 */
#include "compiler.h"

static txID identifierOf(const char* text)
{
  uint32_t index;
  for (int i = XS_SYMBOL_ID_COUNT; i < XS_ID_COUNT; i++)
    if (!strcmp(gxIDStrings[i], text))
      return i;
  index = indexIn(&names, text);
  if (XS_ID_COUNT + index > 0x7FFF)
    fail("more than %d names", 0x7FFF - XS_ID_COUNT);
  return XS_ID_COUNT + index;
}

/* gxCodeSizes: a positive size, 0 for an identifier, -1, -2, -4 for a counted string of that many
 * count bytes. */
txSize instructionSize(const txByte* p)
{
  txByte* rest = (txByte*)p + 1;
  txS1 size = gxCodeSizes[*(const txU1*)p];
  txU2 two;
  txS4 four;
  if (size > 0)
    return size;
  if (size == 0)
    return 1 + sizeof(txID);
  if (size == -1)
    return 2 + *(txU1*)rest;
  if (size == -2) {
    mxDecode2(rest, two);
    return 3 + two;
  }
  mxDecode4(rest, four);
  return 5 + four;
}

/* The names of a module, and their identifiers as far as they are needed; 0 until then. */
typedef struct {
  const char** texts;
  txID* ids;
} Symbols;

static txID resolve(const Symbols* symbols, txID id)
{
  if (id == XS_NO_ID)
    return XS_NO_ID;
  if (!symbols->ids[id])
    symbols->ids[id] = identifierOf(symbols->texts[id]);
  return symbols->ids[id];
}

/* The names of variables serve messages of errors only, but for those of #members; each would take
 * a slot. */
static int isVariable(const Symbols* symbols, txU1 op, txID id)
{
  return ((op == XS_CODE_NEW_LOCAL) || (op == XS_CODE_NEW_CLOSURE)) && (id != XS_NO_ID)
      && (symbols->texts[id][0] != '#');
}

/* A function declaration or expression: not a class, whose code begins with another opcode. */
static int isPlainFunction(const txByte* p)
{
  const txByte* code = p + instructionSize(p);
  int width = *(txU1*)code == XS_CODE_CODE_1 ? 1 : *(txU1*)code == XS_CODE_CODE_2 ? 2 : 4;
  return (*(txU1*)p == XS_CODE_CONSTRUCTOR_FUNCTION)
      && (*(txU1*)(code + 1 + width) == XS_CODE_BEGIN_STRICT);
}

static void relocate(txScript* script, const Symbols* symbols, int keepVariables)
{
  txByte* end = script->codeBuffer + script->codeSize;
  for (txByte* p = script->codeBuffer; p < end; p += instructionSize(p)) {
    txU1 op = *(txU1*)p;
    if ((op == XS_CODE_CODE_1) || (op == XS_CODE_CODE_2) || (op == XS_CODE_CODE_4))
      *p = op + (XS_CODE_CODE_ARCHIVE_1 - XS_CODE_CODE_1);
    else if ((op == XS_CODE_STRING_1) || (op == XS_CODE_STRING_2) || (op == XS_CODE_STRING_4))
      *p = op + (XS_CODE_STRING_ARCHIVE_1 - XS_CODE_STRING_1);
    else if (gxCodeSizes[op] == 0) {
      txByte* at = p + 1;
      txID id;
      mxDecodeID(at, id);
      at = p + 1;
      id = isVariable(symbols, op, id) && !keepVariables ? XS_NO_ID : resolve(symbols, id);
      mxEncodeID(at, id);
      if (isPlainFunction(p))
        *p = XS_CODE_FUNCTION; /* only classes are called with new: saves each function its
                                  prototype object, three slots */
    }
  }
}

/* The host table of XS: a count, then for each function its arity, its symbol and the name of the C
 * function. */
static void readHosts(Module* module, const Symbols* symbols)
{
  txByte* p = module->script->hostsBuffer;
  txID count, id;
  mxDecodeID(p, count);
  module->hosts = allocate(NULL, count * sizeof(BlobHost));
  for (module->hostCount = 0; module->hostCount < (uint32_t)count; module->hostCount++) {
    BlobHost* host = &module->hosts[module->hostCount];
    host->arity = *p++;
    mxDecodeID(p, id);
    host->name = resolve(symbols, id);
    host->native = indexIn(&natives, (char*)p);
    p += strlen((char*)p) + 1;
  }
}

void prelink(Module* module)
{
  txByte* p = module->script->symbolsBuffer;
  txID count;
  Symbols symbols;
  mxDecodeID(p, count);
  symbols =
      (Symbols){ allocate(NULL, count * sizeof(char*)), allocate(NULL, count * sizeof(txID)) };
  memset(symbols.ids, 0, count * sizeof(txID));
  for (txID i = 1; i < count; i++) {
    symbols.texts[i] = (char*)p;
    p += strlen((char*)p) + 1;
  }
  relocate(module->script, &symbols, module->file != NULL);
  if (module->script->hostsBuffer)
    readHosts(module, &symbols);
  free(symbols.texts);
  free(symbols.ids);
}
