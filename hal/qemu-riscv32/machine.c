/* Console, clocks, reset, and the hooks of the C library. */
#include "machine.h"
#include "map.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#define UART ((volatile uint8_t*)0x10000000)
#define UART_STATUS 5
#define UART_CAN_SEND 0x20
#define UART_HAS_BYTE 0x01
#define TEST_DEVICE (*(volatile uint32_t*)0x100000)
#define TEST_RESET 0x7777u
#define TEST_PASS 0x5555u
#define TEST_FAIL 0x3333u
#define MTIME_LOW (*(volatile uint32_t*)0x0200BFF8)
#define MTIME_HIGH (*(volatile uint32_t*)0x0200BFFC)
#define MTIMECMP_LOW (*(volatile uint32_t*)0x02004000)
#define MTIMECMP_HIGH (*(volatile uint32_t*)0x02004004)
#define RTC_LOW (*(volatile uint32_t*)0x101000)
#define RTC_HIGH (*(volatile uint32_t*)0x101004)
#define TICKS_PER_MS 10000u
#define WATCHDOG_MS 10000u
#define TIMER_INTERRUPT (1u << 7)
#define INTERRUPTS (1u << 3)

extern char __heap_start[], __heap_end[];

Handoff* handoff(void)
{
  return (Handoff*)HANDOFF_BASE;
}

/* Console */

static void putByte(char c)
{
  while (!(UART[UART_STATUS] & UART_CAN_SEND))
    ;
  UART[0] = (uint8_t)c;
}

void consolePut(const char* text)
{
  while (*text)
    putByte(*text++);
}

void consolePutBytes(const void* bytes, uint32_t length)
{
  const char* p = bytes;
  while (length--)
    putByte(*p++);
}

int consoleGet(void)
{
  return UART[UART_STATUS] & UART_HAS_BYTE ? UART[0] : -1;
}

void consoleLog(char level, const char* source, const char* format, ...)
{
  uint32_t ms = (uint32_t)clockMs();
  va_list parts;
  va_start(parts, format);
  printf("[%4lu.%03lu] %c %s: ", (unsigned long)(ms / 1000), (unsigned long)(ms % 1000), level,
      source);
  vprintf(format, parts);
  putByte('\n');
  va_end(parts);
}

/* Clocks */

static uint64_t ticks(void)
{
  uint32_t high, low;
  do {
    high = MTIME_HIGH;
    low = MTIME_LOW;
  } while (high != MTIME_HIGH);
  return (uint64_t)high << 32 | low;
}

uint64_t clockMs(void)
{
  return ticks() / TICKS_PER_MS;
}

uint32_t clockCycles(void)
{
  uint32_t cycles;
  __asm volatile("csrr %0, mcycle" : "=r"(cycles));
  return cycles;
}

/* Reset */

void (*resetFigures)(void);

void resetNow(ResetCause cause)
{
  handoff()->cause = cause;
  TEST_DEVICE = TEST_RESET;
  for (;;)
    ;
}

void resetOff(int status)
{
  TEST_DEVICE = status ? TEST_FAIL | (uint32_t)status << 16 : TEST_PASS;
  for (;;)
    ;
}

static void setTimer(uint64_t end)
{
  MTIMECMP_HIGH = UINT32_MAX;
  MTIMECMP_LOW = (uint32_t)end;
  MTIMECMP_HIGH = (uint32_t)(end >> 32);
}

/* An interrupt that is masked wakes the processor all the same, without a trap. */
void clockSleep(uint32_t count)
{
  __asm volatile("csrc mstatus, %0\n csrs mie, %1" ::"r"(INTERRUPTS), "r"(TIMER_INTERRUPT));
  setTimer(ticks() + count);
  __asm volatile("wfi");
  watchdogFeed();
}

/* The trap of the timer interrupt ends in panicTrap. */
void watchdogFeed(void)
{
  setTimer(ticks() + (uint64_t)WATCHDOG_MS * TICKS_PER_MS);
  __asm volatile("csrs mie, %0\n csrs mstatus, %1" ::"r"(TIMER_INTERRUPT), "r"(INTERRUPTS));
}

void watchdogOff(void)
{
  __asm volatile("csrc mie, %0" ::"r"(TIMER_INTERRUPT));
}

/* The C library */

static int putStream(char c, FILE* stream)
{
  (void)stream;
  putByte(c);
  return (unsigned char)c;
}

static FILE console = FDEV_SETUP_STREAM(putStream, NULL, NULL, _FDEV_SETUP_WRITE);
FILE* const stdout = &console;
FILE* const stderr = &console;
FILE* const stdin = &console;

static char* arenaNext = __heap_start;
static char* arenaEnd = __heap_end;

void memoryArena(char* start, char* end)
{
  arenaNext = start;
  arenaEnd = end;
}

char* memoryEnd(void)
{
  return arenaNext;
}

void* sbrk(ptrdiff_t length)
{
  char* start = arenaNext;
  if (length > arenaEnd - arenaNext)
    return (void*)-1;
  arenaNext += length;
  return start;
}

void _exit(int status)
{
  resetOff(status);
}

void abort(void)
{
  panic("abort");
}

int gettimeofday(struct timeval* now, void* zone)
{
  uint32_t low = RTC_LOW, high = RTC_HIGH; /* reading the low word latches the high one */
  uint64_t nanoseconds = (uint64_t)high << 32 | low;
  (void)zone;
  now->tv_sec = (time_t)(nanoseconds / 1000000000u);
  now->tv_usec = (suseconds_t)(nanoseconds % 1000000000u / 1000u);
  return 0;
}
