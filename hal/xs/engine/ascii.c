/* String.prototype.toLowerCase and toUpperCase of ASCII alone, in the place of those of XS, whose
 * tables of Unicode take 9 KB. What the client compares without regard to case are words of ASCII,
 * and there a letter that only looks like one of them (U+212A, the Kelvin sign) has to stay another
 * one. */
#include "xsAll.h"

static void toCase(txMachine* the, char from, char by)
{
  txString string;
  txSize length;
  if ((mxThis->kind == XS_UNDEFINED_KIND) || (mxThis->kind == XS_NULL_KIND))
    mxTypeError("this is no string");
  length = (txSize)strlen(fxToString(the, mxThis));
  string = fxNewChunk(the, length + 1);
  memcpy(string, mxThis->value.string, (size_t)length + 1); /* it may have moved */
  for (txString at = string; *at; at++)
    if ((txU1)(*at - from) < 26)
      *at = (char)(*at + by);
  mxResult->value.string = string;
  mxResult->kind = XS_STRING_KIND;
}

void asciiToLowerCase(txMachine* the)
{
  toCase(the, 'A', 'a' - 'A');
}

void asciiToUpperCase(txMachine* the)
{
  toCase(the, 'a', 'A' - 'a');
}
