/* A flash partition as the boot code sees it: what hal.ts calls Flash, as function pointers. Erased
 * bytes are 0xFF. */
#ifndef PARTITION_H
#define PARTITION_H

#include <stdint.h>

typedef struct Partition Partition;

/* Each function gives 1 when it did all of it, 0 when the device failed. */
struct Partition {
  uint32_t blocks;
  uint32_t blockLength;
  uint32_t writeAlign; /* at most 256 */
  int (*read)(const Partition* partition, uint32_t offset, void* bytes, uint32_t length);
  int (*write)(const Partition* partition, uint32_t offset, const void* bytes, uint32_t length);
  int (*erase)(const Partition* partition, uint32_t block);
};

#endif
