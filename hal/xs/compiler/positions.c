/* Lines at no cost at run time: a module is compiled twice, with line opcodes and without, and
   walked side by side. The two are otherwise the same instructions, but for two things: branches
   and code come in sizes (_1, _2, _4) that may differ; and the coder drops unwind, end and branch
   where they do nothing, which a line between them hides from it. */
#include "compiler.h"

static int isPosition(txU1 op)
{
  return (op == XS_CODE_LINE) || (op == XS_CODE_FILE) || (op == XS_CODE_PROFILE);
}

/* The length of the name of an opcode without its size. */
static size_t stem(const char* name)
{
  size_t length = strcspn(name, "124");
  return length && (name[length - 1] == '_') ? length - 1 : length;
}

static int isSame(txU1 a, txU1 b)
{
  const char *x = gxCodeNames[a], *y = gxCodeNames[b];
  return (stem(x) == stem(y)) && !strncmp(x, y, stem(x));
}

static int isEnd(txU1 op)
{
  return (XS_CODE_END <= op) && (op <= XS_CODE_END_DERIVED);
}

static int isBranch(txU1 op)
{
  return (op == XS_CODE_BRANCH_1) || (op == XS_CODE_BRANCH_2) || (op == XS_CODE_BRANCH_4);
}

static int isUnwind(txU1 op)
{
  return (op == XS_CODE_UNWIND_1) || (op == XS_CODE_UNWIND_2);
}

static int isDroppable(txU1 op)
{
  return isEnd(op) || isBranch(op) || isUnwind(op);
}

static uint32_t lineOf(const txByte* instruction)
{
  txByte* at = (txByte*)instruction + 1;
  txU2 value;
  mxDecode2(at, value);
  return value;
}

static void append(Module* module, uint32_t code, uint32_t line)
{
  BlobPosition position = { code, line };
  module->positions =
      allocate(module->positions, (module->positionCount + 1) * sizeof(BlobPosition));
  module->positions[module->positionCount++] = position;
}

void collectPositions(Module* module, txScript* lines)
{
  txByte *start = module->script->codeBuffer, *p = start, *pEnd = p + module->script->codeSize;
  txByte *q = lines->codeBuffer, *qEnd = q + lines->codeSize;
  uint32_t line = 0, last = 0;
  for (; q < qEnd; q += instructionSize(q)) {
    txU1 op = *(txU1*)q;
    if (isPosition(op)) {
      if (op == XS_CODE_LINE)
        line = lineOf(q);
      continue;
    }
    if ((p >= pEnd) || !(isSame(*(txU1*)p, op) || (isEnd(*(txU1*)p) && isBranch(op)))) {
      if (isDroppable(op))
        continue;
      fail("%s:%u: the two compilations differ", module->file, (unsigned)line);
    }
    if (line != last) {
      append(module, (uint32_t)(p - start), line);
      last = line;
    }
    p += instructionSize(p);
  }
  if (p != pEnd)
    fail("%s: the two compilations differ at the end", module->file);
}
