/* What hal/xs/engine/platform.h takes from arpa/inet.h and limits.h of a system. */
#ifndef BOARD_H
#define BOARD_H

#include <machine/endian.h>

#include <setjmp.h>

#define C_PATH_MAX 128

/* setjmp by a name that GCC does not know. A function that calls `setjmp` gets no registers for
   what lives across the call: in the interpreter of XS (xsRun.c, which the Makefile compiles with
   this name) that is all that it works on, and costs 40 % more. It needs no such care: after the
   jump it reads everything anew but `the`, its table of opcodes and the caller's words, none of
   which ever changes, and all of which are alive everywhere in it, so that neither their registers
   nor their places in the frame are used for anything else. */
int markPlace(jmp_buf) __asm__("setjmp");

#ifndef htons
#define htons __bswap16
#define htonl __bswap32
#define ntohs __bswap16
#define ntohl __bswap32
#endif

#endif
