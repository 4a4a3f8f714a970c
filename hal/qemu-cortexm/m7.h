/* The Cortex-M7: machine mps2-an500, with flash as an STM32H7 has it. Sectors of 128 KiB are
 * programmed by words of 32 bytes. */
#define FIRMWARE_BOARD 0x701
#define ETHERNET_BASE 0xA0000000
#define FLASH_BASE 0x60000000
#define FLASH_ALIGN 32
#define SECTOR_AT(offset) 0x20000

#define FLASH_FACTORY 0x000000
#define FACTORY_BYTES 0x20000
#define FLASH_BOOT_LOG 0x020000
#define BOOT_LOG_STRIDE 0x20000
#define FLASH_STORE 0x060000
#define FLASH_SLOT_A 0x0E0000
#define FLASH_SLOT_B 0x260000
#define FLASH_END 0x3E0000
