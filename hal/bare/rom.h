/* The machine that XS shares from flash: all modules but the entry, run once when the firmware was
 * built. */
#ifndef ROM_H
#define ROM_H

#include "../xs/engine/runtime.h"

/* NULL when the image was built without one. */
xsMachine* romMachine(void);
/* Makes the machine in the place that it will have in the image, sends the bytes of that place to
   the console, and switches off: build.ts appends them to the image. Addresses of functions and of
   the blob are already those of the image. */
void romMake(const BlobHeader* blob, uint32_t bytes) __attribute__((noreturn));

#endif
