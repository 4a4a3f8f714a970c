/* Errors of hal.ts, thrown from C. */
#ifndef THROW_H
#define THROW_H

#include "xsmc.h"

/* Throws an Error whose `kind` is one of FlashErrorKind or LinkErrorKind. Does not return. */
static inline void throwKind(xsMachine* the, const char* kind, const char* message)
{
  xsmcVars(2);
  xsmcSetString(xsVar(0), (char*)message);
  xsmcNew(xsVar(1), xsGlobal, xsID("Error"), &xsVar(0), NULL);
  xsmcSetString(xsVar(0), (char*)kind);
  xsmcSet(xsVar(1), xsID("kind"), xsVar(0));
  xsThrow(xsVar(1));
}

#endif
