/* Where everything is. Values are plain numbers: hal/bare/map.ts reads them, too. CHIP names the
 * header of the chip. */
#ifndef MAP_H
#define MAP_H

#include CHIP

/* What is read from FLASH_BASE on is RAM that the chip's driver fills from the file of the flash.
 * The boot loader is beside it: emulated machines of this kind start with RAM at 0. */
#define FLASH_BYTES 0x400000
#define PROGRAM_BYTES 2048

/* A sector is much larger than what a log fills between two erases, and a log is read whole at
   every boot: logs use the start of each of their blocks only. */
#define BOOT_LOG_BLOCK 0x1000
#define STORE_BLOCKS 4
#define STORE_BLOCK 0x4000
#define STORE_STRIDE 0x20000
#define SLOT_BLOCKS 12
#define SLOT_BLOCK 0x20000

/* The loader, with the vectors that a reset takes. Firmware may not touch this. */
#define LOADER_BASE 0x00000000
#define LOADER_BYTES 0x80000

/* The running image, which the loader copies. */
#define WINDOW_BASE 0x00100000
#ifndef WINDOW_BYTES
#define WINDOW_BYTES 0x200000
#endif

/* Data RAM, as much as board qemu-riscv32 has. */
#ifndef RAM_BASE
#define RAM_BASE 0x20000000
#define RAM_BYTES 0x50000
#endif

#endif
