/* The NOR flash. A chip that executes a command gives no data, and the loader runs from the same
   chip: all that runs between a command and the return to reading is in RAM (section .ramtext),
   calls nothing, and is not interrupted. */
#include "../bare/chip.h"
#include "../bare/layout.h"

#define RAM_CODE                                                                                   \
  __attribute__((section(".ramtext"), noinline, optimize("no-tree-loop-distribute-patterns")))
#define CHIP(address) (*(volatile uint32_t*)(address))
/* Both chips get the command, each on its half of the bus. */
#define BOTH(command) ((uint32_t)(command)*0x00010001u)
#define READ_ARRAY BOTH(0xFF)
#define READ_STATUS BOTH(0x70)
#define CLEAR_STATUS BOTH(0x50)
#define ERASE BOTH(0x20)
#define CONFIRM BOTH(0xD0)
#define PROGRAM_BUFFER BOTH(0xE8)
#define READY BOTH(0x80)
#define FAILED BOTH(0x3A)
#define POLLS_MAX 10000000u
#define INTERRUPTS 8u

static RAM_CODE int waitReady(uint32_t address)
{
  uint32_t status, polls = 0;
  CHIP(address) = READ_STATUS;
  do
    status = CHIP(address);
  while (((status & READY) != READY) && (++polls < POLLS_MAX));
  CHIP(address) = CLEAR_STATUS;
  CHIP(address) = READ_ARRAY;
  return ((status & READY) == READY) && !(status & FAILED);
}

static RAM_CODE int programBlock(uint32_t address, const uint32_t* words, uint32_t count)
{
  CHIP(address) = PROGRAM_BUFFER;
  CHIP(address) = BOTH(count - 1);
#pragma GCC unroll 4
  for (uint32_t i = 0; i < count; i++)
    CHIP(address + 4 * i) = words[i];
  CHIP(address) = CONFIRM;
  return waitReady(address);
}

static RAM_CODE int eraseSector(uint32_t address)
{
  CHIP(address) = ERASE;
  CHIP(address) = CONFIRM;
  return waitReady(address);
}

static uint32_t mask(void)
{
  uint32_t status;
  __asm volatile("csrrc %0, mstatus, %1" : "=r"(status) : "r"(INTERRUPTS));
  return status & INTERRUPTS;
}

static void unmask(uint32_t enabled)
{
  __asm volatile("csrs mstatus, %0" ::"r"(enabled));
}

int chipStart(void)
{
  return 1;
}

int chipProgram(uint32_t offset, const uint32_t* words, uint32_t length)
{
  uint32_t enabled = mask();
  int done = programBlock(FLASH_BASE + offset, words, length / 4);
  unmask(enabled);
  return done;
}

int chipErase(uint32_t offset)
{
  uint32_t enabled = mask();
  int done = eraseSector(FLASH_BASE + offset);
  unmask(enabled);
  return done;
}
