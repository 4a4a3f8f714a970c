/* How a firmware image begins: what the loader wants to see before it copies a payload to the
 * window. start.S of the board has a jump of four bytes and FIRMWARE_HEAD there. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include "layout.h"

#define FIRMWARE_MAGIC 0x57465358 /* "XSFW" */

#ifdef __ASSEMBLER__
#define FIRMWARE_HEAD .word FIRMWARE_MAGIC, __image_end - _start, FIRMWARE_BOARD
#else
#include <stdint.h>

typedef struct {
  uint32_t jump;
  uint32_t magic;
  uint32_t length; /* in bytes; a payload may be longer */
  uint32_t board;
} FirmwareHead;
#endif

#endif
