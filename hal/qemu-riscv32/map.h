/* Where everything is: for C, assembler and linker scripts. README.md has it as a table. */
#ifndef MAP_H
#define MAP_H

/* NOR flash, pflash bank 0 of the machine. Reset jumps to its start. */
#define FLASH_BASE 0x20000000
#define FLASH_SECTOR 0x40000
#define FLASH_LOADER 0x000000 /* one sector */
#define FLASH_FACTORY 0x040000 /* one sector: keys and provisioning */
#define FLASH_BOOT_LOG 0x080000 /* two sectors */
#define FLASH_STORE 0x100000 /* STORE_BLOCKS sectors */
#define FLASH_SLOT_A 0x200000 /* SLOT_BLOCKS sectors each */
#define FLASH_SLOT_B 0x380000
#define FLASH_END 0x500000

/* A sector is much larger than what a log fills between two erases, and a log is read whole at
   every boot: logs use the start of each of their sectors only. */
#define BOOT_LOG_BLOCK 0x1000
#define STORE_BLOCK 0x4000
#define STORE_BLOCKS 4
#define SLOT_BLOCKS 6
#define SLOT_BYTES (SLOT_BLOCKS * FLASH_SECTOR)
#define FLASH_ALIGN 4

/* The running image. An ESP32 maps a slot of its flash here; this machine cannot, so the loader
 * copies it. */
#define WINDOW_BASE 0x80000000
#define WINDOW_BYTES 0x200000

/* Data RAM, as an ESP32-C6 has it. Its last bytes are kept through resets. */
#ifndef RAM_BASE
#define RAM_BASE 0x80400000
#define RAM_BYTES 0x50000
#endif
#define HANDOFF_BYTES 0x100
#define HANDOFF_BASE 0x8044FF00

#endif
