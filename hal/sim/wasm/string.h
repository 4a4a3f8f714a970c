/* What the boot code uses of the C library, without one: wasm.c has it. */
#ifndef WASM_STRING_H
#define WASM_STRING_H

#include <stddef.h>

void* memcpy(void* to, const void* from, size_t length);
void* memset(void* to, int byte, size_t length);
int memcmp(const void* a, const void* b, size_t length);

#endif
