/* The flash of a chip: three functions. Its bytes can be read from FLASH_BASE of map.h on; offsets
 * count from there; an erased byte is 0xFF. Each function gives 1 when it did all of it, and 0 when
 * the part failed. */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

/* Makes the part ready; once at every reset, before the first read. */
int chipStart(void);
/* Programs erased bytes: a multiple of FLASH_ALIGN, all of them in one block of PROGRAM_BYTES. */
int chipProgram(uint32_t offset, const uint32_t* words, uint32_t length);
/* Erases the sector that begins there. */
int chipErase(uint32_t offset);

#endif
