/* How a firmware image begins: what the loader wants to see before it copies a payload to the
 * window. start.S has the values. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdint.h>

#define FIRMWARE_MAGIC 0x57465358u /* "XSFW" */
#define FIRMWARE_BOARD                                                                             \
  1u /* raised when map.h changes in a way that old images cannot live with                        \
      */

typedef struct {
  uint32_t jump;
  uint32_t magic;
  uint32_t length; /* in bytes; a payload may be longer */
  uint32_t board;
} FirmwareHead;

#endif
