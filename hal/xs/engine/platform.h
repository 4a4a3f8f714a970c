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
#else
#include "board.h" /* htons and the like, C_PATH_MAX */
#endif

#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#define mxMachinePlatform int promiseJobs;

#define mxUseDefaultMachinePlatform 1
#define mxUseDefaultBuildKeys 1
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
