/* The natives of one firmware. NATIVES_LIST is a file of CLASS(name) and FUNCTION(name, arity)
 * lines; it may include others. */
#include "natives.h"

#define CLASS(name) extern void name(void*);
#define FUNCTION(name, arity) extern void name(xsMachine*);
#include NATIVES_LIST
#undef CLASS
#undef FUNCTION

const Native natives[] = {
#define CLASS(name) { #name, name, NATIVE_CLASS },
#define FUNCTION(name, arity) { #name, name, arity },
#include NATIVES_LIST
};

const int nativeCount = sizeof(natives) / sizeof(*natives);
