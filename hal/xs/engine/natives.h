/* The C functions that an application can name: native(name) and Native(name) of XS 17, as globals
 * on XS 13. */
#ifndef NATIVES_H
#define NATIVES_H

#include "xsmc.h"

#define NATIVE_CLASS (-1)

typedef struct {
  const char* name;
  void* function; /* xsCallback, or xsDestructor where arity is NATIVE_CLASS */
  int8_t arity;
} Native;

/* The table of the firmware, in any order: see table.c. */
extern const Native natives[];
extern const int nativeCount;

/* NULL when the firmware has no native of this name. */
const Native* nativeFind(const char* name);
/* Defines the globals native and Native. */
void nativesInstall(xsMachine* the);

#endif
