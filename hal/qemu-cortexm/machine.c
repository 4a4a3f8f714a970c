/* Console, clocks, reset, watchdog and traps of QEMU's machines "mps2". */
#include "../bare/machine.h"
#include "../bare/layout.h"
#include "../bare/panic.h"
#include "semihost.h"

#define REGISTER(address) (*(volatile uint32_t*)(address))
#define UART_DATA REGISTER(0x40004000)
#define UART_STATE REGISTER(0x40004004)
#define UART_CONTROL REGISTER(0x40004008)
#define UART_DIVIDER REGISTER(0x40004010)
#define UART_IS_FULL 1u
#define UART_HAS_BYTE 2u
#define UART_BOTH_WAYS 3u
#define COUNTER REGISTER(0x40028018)
#define COUNTER_RELOAD REGISTER(0x4002801C)
#define CYCLES_PER_MS 25000u
#define TICK_CONTROL REGISTER(0xE000E010)
#define TICK_RELOAD REGISTER(0xE000E014)
#define TICK_INTERRUPTS 7u
#define RESET_CONTROL REGISTER(0xE000ED0C)
#define RESET_NOW 0x05FA0004u
#define FAULTS REGISTER(0xE000ED28)
#define FAULT_OF_ACCESS (1u << 1 | 1u << 9)
#define FAULT_OF_JUMP (1u << 0 | 1u << 8 | 1u << 17)
#define FAULT_OF_INSTRUCTION (1u << 16)
#define FAULT_IN_MAP REGISTER(0xE000ED34)
#define FAULT_ON_BUS REGISTER(0xE000ED38)
#define FAULT_HAS_BUS_ADDRESS (1u << 15)
#define WATCHDOG_MS 10000u
#define TICK_EXCEPTION 15u
#define STOPPED_BY_PROGRAM 0x20026u

/* Milliseconds until the watchdog bites; 0: it sleeps. start.S counts. */
volatile uint32_t watchdogLeft;

void machinePut(char byte)
{
  if (!UART_CONTROL) {
    UART_DIVIDER = 16;
    UART_CONTROL = UART_BOTH_WAYS;
  }
  while (UART_STATE & UART_IS_FULL)
    ;
  UART_DATA = (uint8_t)byte;
}

int machineGet(void)
{
  return UART_STATE & UART_HAS_BYTE ? (int)(uint8_t)UART_DATA : -1;
}

/* The counter has 32 bits: it is read more often than it begins anew. */
uint64_t machineMs(void)
{
  static uint32_t last, rounds;
  uint32_t now;
  if (COUNTER_RELOAD != CYCLES_PER_MS - 1) {
    COUNTER_RELOAD = CYCLES_PER_MS - 1;
    COUNTER = 0;
  }
  now = COUNTER;
  rounds += now < last;
  last = now;
  return (uint64_t)rounds << 32 | now;
}

uint64_t machineCalendarMs(void)
{
  return (uint64_t)(uint32_t)hostCall(HOST_TIME, 0) * 1000;
}

void machineReset(void)
{
  __asm volatile("dsb" ::: "memory");
  RESET_CONTROL = RESET_NOW;
  for (;;)
    ;
}

void machineOff(int status)
{
  uint32_t words[] = { STOPPED_BY_PROGRAM, (uint32_t)status };
  for (;;)
    hostCall(HOST_EXIT, words);
}

/* A tick wakes the processor: after a millisecond at most. */
void machineSleep(uint32_t microseconds)
{
  (void)microseconds;
  machineFeed();
  __asm volatile("wfi");
  machineFeed();
}

void machineFeed(void)
{
  watchdogLeft = WATCHDOG_MS;
  if (TICK_CONTROL)
    return;
  TICK_RELOAD = CYCLES_PER_MS - 1;
  TICK_CONTROL = TICK_INTERRUPTS;
}

void machineUnwatch(void)
{
  watchdogLeft = 0;
}

void machineRun(void)
{
  __asm volatile("cpsid i\n dsb\n isb\n bx %0" ::"r"(WINDOW_BASE | 1));
  __builtin_unreachable();
}

/* start.S comes here, on panicStack. */
__attribute__((noreturn)) void machineTrap(uint32_t exception, const uint32_t* frame)
{
  enum { LR = 5, PC = 6, WORDS = 8 };
  uint32_t faults = FAULTS;
  Trap trap = { "trap", frame[PC], faults & FAULT_HAS_BUS_ADDRESS ? FAULT_ON_BUS : FAULT_IN_MAP,
    frame[LR], frame + WORDS };
  if (exception == TICK_EXCEPTION)
    trap.what = 0;
  else if (faults & FAULT_OF_ACCESS)
    trap.what = "access to where nothing is";
  else if (faults & FAULT_OF_JUMP)
    trap.what = "jump to where no code is";
  else if (faults & FAULT_OF_INSTRUCTION)
    trap.what = "illegal instruction";
  panicTrap(&trap);
}
