/* What lwIP wants to know of compiler and machine. */
#ifndef CC_H
#define CC_H

#include <stdint.h>
#include <stdio.h>

void panic(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));
uint32_t netRandom(void);

#define LWIP_PLATFORM_DIAG(text)                                                                   \
  do {                                                                                             \
    printf text;                                                                                   \
  } while (0)
#define LWIP_PLATFORM_ASSERT(text) panic("lwIP: %s", text)
#define LWIP_RAND() netRandom()
#define LWIP_CHKSUM_ALGORITHM 3

#endif
