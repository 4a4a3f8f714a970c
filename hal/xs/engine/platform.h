/* XS 13 on Linux or on a board without an operating system; chosen with -DINCLUDE_XSPLATFORM
   -DXSPLATFORM=\"platform.h\". xs.h (for natives) and xsAll.h (for the engine) both come through
   here, so it is a header of XS in form and names. */
#ifndef PLATFORM_H
#define PLATFORM_H

#undef mxLittleEndian
#define mxLittleEndian 1

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __linux__
#include <arpa/inet.h>
#else /* bare metal, with picolibc */
#include <machine/endian.h>
#define C_PATH_MAX 128
#ifndef htons
#define htons __bswap16
#define htonl __bswap32
#define ntohs __bswap16
#define ntohl __bswap32
#endif

/* setjmp by a name that GCC does not know. A function that calls `setjmp` gets no registers for
   what lives across the call: in the interpreter of XS (xsRun.c) that is all that it works on, and
   costs 40 % more. It needs no such care if all that it does not read anew after the jump never
   changes, and keeps its register or its place in the frame. A build for whose compiler that holds
   sets -Dc_setjmp=markPlace for xsRun.c, as that for rv32 does: the unit tests, which run on that
   board, throw out of every kind of frame. On Thumb-2 it does not hold. */
int markPlace(jmp_buf) __asm__("setjmp");
#endif

#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#define mxMachinePlatform int promiseJobs;

#define mxUseDefaultMachinePlatform 1
#define mxUseDefaultBuildKeys 0
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultDebug 1
#define mxUseDefaultParseScript 0
#define mxUseDefaultChunkAllocation 0
#define mxUseDefaultSlotAllocation 0
#define mxUseDefaultFindModule 0
#define mxUseDefaultLoadModule 0
#define mxUseDefaultQueuePromiseJobs 0
#define mxUseDefaultAbort 0
#define mxUseDefaultCStackLimit 0

#endif
