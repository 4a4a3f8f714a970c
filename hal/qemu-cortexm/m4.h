/* The Cortex-M4: machine mps2-an386, with flash as an STM32F4 has it, in banks of 1 MiB: four
 * sectors of 16 KiB, one of 64, seven of 128. A block of a slot is 128 KiB, where a bank begins
 * five sectors. */
#define FIRMWARE_BOARD 0x401
#define ETHERNET_BASE 0x40200000
#define FLASH_BASE 0x21000000
#define FLASH_ALIGN 4
#define BANK_BYTES 0x100000
#define SECTOR_IN_BANK(offset)                                                                     \
  ((offset) < 0x10000 ? 0x4000u : (offset) < 0x20000 ? 0x10000u : 0x20000u)
#define SECTOR_AT(offset) SECTOR_IN_BANK((offset) % BANK_BYTES)

#define FLASH_BOOT_LOG 0x000000
#define BOOT_LOG_STRIDE 0x4000
#define FLASH_FACTORY 0x010000
#define FACTORY_BYTES 0x10000
#define FLASH_STORE 0x020000
#define FLASH_SLOT_A 0x0A0000
#define FLASH_SLOT_B 0x220000
#define FLASH_END 0x3A0000
