/* How natives of a class take their receiver, which can be anything: `native("name").call(x)` is
   JavaScript. A class is known by its destructor. The prototype of a class, and an object that was
   closed, are host objects without data. */
#ifndef RECEIVER_H
#define RECEIVER_H

#include "xsmc.h"

/* In a constructor, after the arguments are converted: a SyntaxError unless the receiver is of the
 * class, and has no data yet. */
static inline void checkNew(xsMachine* the, xsDestructor destructor)
{
  if (xsmcGetHostDataValidate(xsThis, destructor))
    xsSyntaxError("open already");
}

/* In a method: the data of the receiver. A SyntaxError when it is of another class, or closed. */
static inline void* toReceiver(xsMachine* the, xsDestructor destructor)
{
  void* data = xsmcGetHostDataValidate(xsThis, destructor);
  if (!data)
    xsSyntaxError("closed");
  return data;
}

/* In close(): the data, which is the caller's to free; from now on every method throws. NULL: it
 * was closed before. */
static inline void* takeReceiver(xsMachine* the, xsDestructor destructor)
{
  void* data = xsmcGetHostData(xsThis);
  if (!data)
    return NULL;
  data = xsmcGetHostDataValidate(xsThis, destructor);
  xsmcSetHostData(xsThis, NULL);
  xsmcSetHostDestructor(xsThis, NULL);
  return data;
}

#endif
