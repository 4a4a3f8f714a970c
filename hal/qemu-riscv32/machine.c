/* Console, clocks, reset, watchdog and traps of QEMU's machine "virt". */
#include "../bare/machine.h"
#include "../bare/layout.h"
#include "../bare/panic.h"

#define UART ((volatile uint8_t*)0x10000000)
#define UART_STATUS 5
#define UART_CAN_SEND 0x20
#define UART_HAS_BYTE 0x01
#define TEST_DEVICE (*(volatile uint32_t*)0x100000)
#define TEST_RESET 0x7777u
#define TEST_PASS 0x5555u
#define TEST_FAIL 0x3333u
#define MTIME ((volatile uint32_t*)0x0200BFF8)
#define MTIMECMP ((volatile uint32_t*)0x02004000)
#define RTC ((volatile uint32_t*)0x101000)
#define TICKS_PER_US 10u
#define WATCHDOG_US 10000000u
#define TIMER_INTERRUPT (1u << 7)
#define INTERRUPTS (1u << 3)
#define CAUSE_TIMER 0x80000007u

void machinePut(char byte)
{
  while (!(UART[UART_STATUS] & UART_CAN_SEND))
    ;
  UART[0] = (uint8_t)byte;
}

int machineGet(void)
{
  return UART[UART_STATUS] & UART_HAS_BYTE ? UART[0] : -1;
}

static uint64_t ticks(void)
{
  uint32_t high, low;
  do {
    high = MTIME[1];
    low = MTIME[0];
  } while (high != MTIME[1]);
  return (uint64_t)high << 32 | low;
}

uint64_t machineMs(void)
{
  return ticks() / (1000 * TICKS_PER_US);
}

/* Nanoseconds; reading the low word latches the high one. */
uint64_t machineCalendarMs(void)
{
  uint32_t low = RTC[0], high = RTC[1];
  return ((uint64_t)high << 32 | low) / 1000000;
}

void machineReset(void)
{
  TEST_DEVICE = TEST_RESET;
  for (;;)
    ;
}

void machineOff(int status)
{
  TEST_DEVICE = status ? TEST_FAIL | (uint32_t)status << 16 : TEST_PASS;
  for (;;)
    ;
}

static void setTimer(uint32_t microseconds)
{
  uint64_t end = ticks() + (uint64_t)microseconds * TICKS_PER_US;
  MTIMECMP[1] = UINT32_MAX;
  MTIMECMP[0] = (uint32_t)end;
  MTIMECMP[1] = (uint32_t)(end >> 32);
}

/* An interrupt that is masked wakes the processor all the same, without a trap. */
void machineSleep(uint32_t microseconds)
{
  __asm volatile("csrc mstatus, %0\n csrs mie, %1" ::"r"(INTERRUPTS), "r"(TIMER_INTERRUPT));
  setTimer(microseconds);
  __asm volatile("wfi");
  machineFeed();
}

void machineFeed(void)
{
  setTimer(WATCHDOG_US);
  __asm volatile("csrs mie, %0\n csrs mstatus, %1" ::"r"(TIMER_INTERRUPT), "r"(INTERRUPTS));
}

void machineUnwatch(void)
{
  __asm volatile("csrc mie, %0" ::"r"(TIMER_INTERRUPT));
}

void machineRun(void)
{
  __asm volatile("fence.i\n jr %0" ::"r"(WINDOW_BASE));
  __builtin_unreachable();
}

/* start.S comes here, on panicStack. */
__attribute__((noreturn)) void machineTrap(
    uint32_t cause, uint32_t pc, uint32_t address, uint32_t caller, const uint32_t* stack)
{
  static const char* const names[] = { "misaligned jump", "jump to where no code is",
    "illegal instruction", "breakpoint", "misaligned load", "load from where nothing is",
    "misaligned store", "store to where nothing may be stored" };
  Trap trap = { cause < sizeof(names) / sizeof(*names) ? names[cause] : "trap", pc, address, caller,
    stack };
  if (cause == CAUSE_TIMER)
    trap.what = 0;
  panicTrap(&trap);
}
