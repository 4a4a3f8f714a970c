#include "absent.h"

void builtinAbsent(txMachine* the)
{
  mxTypeError("this engine is built without it: see builtins.h");
}

txSlot* absentInstance(txMachine* the)
{
  builtinAbsent(the);
  return NULL;
}

txSlot* absentFunction(txMachine* the, txID name)
{
  (void)name;
  builtinAbsent(the);
  return NULL;
}

void absentRun(txMachine* the, txSlot* instance)
{
  (void)instance;
  builtinAbsent(the);
}

void absentLiteral(txMachine* the, txSize length)
{
  (void)length;
  builtinAbsent(the);
}

void absentCleanup(txMachine* the)
{
  (void)the;
}

/* What other sources of XS call by name. */

void fxReleaseSharedChunk(void* data)
{
  (void)data;
}

txBoolean fxIsRegExp(txMachine* the, txSlot* slot)
{
  (void)the, (void)slot;
  return 0;
}

txSlot* fxNewRegExpInstance(txMachine* the)
{
  return absentInstance(the);
}

txSlot* fxNewAsyncFromSyncIteratorInstance(txMachine* the)
{
  return absentInstance(the);
}

void fxBigIntCoerce(txMachine* the, txSlot* slot)
{
  (void)slot;
  builtinAbsent(the);
}

txNumber fxBigIntToNumber(txMachine* the, txSlot* slot)
{
  (void)slot;
  builtinAbsent(the);
  return C_NAN;
}

void fxFromBigInt64(txMachine* the, txSlot* slot, txS8 value)
{
  (void)slot, (void)value;
  builtinAbsent(the);
}

void fxFromBigUint64(txMachine* the, txSlot* slot, txU8 value)
{
  (void)slot, (void)value;
  builtinAbsent(the);
}

txS8 fxToBigInt64(txMachine* the, txSlot* slot)
{
  (void)slot;
  builtinAbsent(the);
  return 0;
}

txU8 fxToBigUint64(txMachine* the, txSlot* slot)
{
  (void)slot;
  builtinAbsent(the);
  return 0;
}
