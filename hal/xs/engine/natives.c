/* Only the public API of xs.h: host constructors, host objects and xsNewHostInstance do the work.
 */
#include "natives.h"
#include "runtime.h"

const Native* nativeFind(const char* name)
{
  for (int i = 0; i < nativeCount; i++)
    if (!strcmp(name, natives[i].name))
      return &natives[i];
  return NULL;
}

static const Native* argument(xsMachine* the, int isClass)
{
  char* name = xsmcToString(xsArg(0));
  const Native* entry = nativeFind(name);
  if (!entry || ((entry->arity == NATIVE_CLASS) != isClass))
    xsReferenceError("no native %s %s in this firmware", isClass ? "class" : "function", name);
  return entry;
}

/* One function object per native, made at its first use and kept. */
static void native(xsMachine* the)
{
  const Native* entry = argument(the, 0);
  Runtime* runtime = xsGetContext(the);
  int index = (int)(entry - natives);
  if (!runtime->made[index]) {
    runtime->functions[index] = xsNewHostFunction((xsCallback)entry->function, entry->arity);
    xsRemember(runtime->functions[index]);
    runtime->made[index] = 1;
  }
  xsResult = xsAccess(runtime->functions[index]);
}

/* super() comes here with the class that `new` named as its target. The instance takes the
   destructor of the host object that starts the prototype chain; XS copied it to the prototype of
   each subclass at `extends`. */
static void construct(xsMachine* the)
{
  if (xsmcTypeOf(xsTarget) == xsUndefinedType)
    xsTypeError("class without new");
  xsmcGet(xsResult, xsTarget, xsID("prototype"));
  xsmcSetNewHostInstance(xsResult, xsResult);
}

static void Native_(xsMachine* the)
{
  const Native* entry = argument(the, 1);
  xsmcVars(1);
  xsVar(0) = xsNewHostObject((xsDestructor)entry->function);
  xsResult = xsNewHostConstructor(construct, 0, xsVar(0));
}

void nativesInstall(xsMachine* the)
{
  xsmcVars(1);
  xsVar(0) = xsNewHostFunction(native, 1);
  xsmcDefine(xsGlobal, xsID("native"), xsVar(0), xsDontEnum);
  xsVar(0) = xsNewHostFunction(Native_, 1);
  xsmcDefine(xsGlobal, xsID("Native"), xsVar(0), xsDontEnum);
}
