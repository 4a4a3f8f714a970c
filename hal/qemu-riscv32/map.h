/* Where everything is. Values are plain numbers: hal/bare/build.ts reads them, too. */
#ifndef MAP_H
#define MAP_H

/* Raised when this map changes in a way that old images cannot live with. */
#define FIRMWARE_BOARD 1

/* NOR flash, pflash bank 0 of the machine: two 16-bit chips side by side. Reset jumps to its start.
 */
#define FLASH_BASE 0x20000000
#define FLASH_BYTES 0x2000000
#define FLASH_ALIGN 4
#define PROGRAM_BYTES 2048
#define SECTOR_AT(offset) 0x40000
#define FLASH_LOADER 0x000000
#define FLASH_FACTORY 0x040000
#define FACTORY_BYTES 0x40000

/* A sector is much larger than what a log fills between two erases, and a log is read whole at
   every boot: logs use the start of each of their sectors only. */
#define FLASH_BOOT_LOG 0x080000
#define BOOT_LOG_BLOCK 0x1000
#define BOOT_LOG_STRIDE 0x40000
#define FLASH_STORE 0x100000
#define STORE_BLOCKS 4
#define STORE_BLOCK 0x4000
#define STORE_STRIDE 0x40000
#define FLASH_SLOT_A 0x200000
#define FLASH_SLOT_B 0x380000
#define SLOT_BLOCKS 6
#define SLOT_BLOCK 0x40000
#define FLASH_END 0x500000

/* The loader runs where it lies in flash. */
#define LOADER_BASE 0x20000000
#define LOADER_BYTES 0x40000

/* The running image. An ESP32 maps a slot of its flash here; this machine cannot, so the loader
 * copies it. */
#define WINDOW_BASE 0x80000000
#define WINDOW_BYTES 0x200000

/* Eight places for devices of virtio. */
#define VIRTIO_BASE 0x10001000

/* Data RAM, as an ESP32-C6 has it. */
#ifndef RAM_BASE
#define RAM_BASE 0x80400000
#define RAM_BYTES 0x50000
#endif

#endif
