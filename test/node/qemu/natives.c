/* Natives of the test application: what a test does to the board that a product cannot. */
#include "../../../hal/common/base/arguments.h"
#include "mc.xs.h"

#define RTC_LOW (*(volatile uint32_t*)0x101000)
#define RTC_HIGH (*(volatile uint32_t*)0x101004)
#define NANOSECONDS 1000000000ull

/* Sets the calendar so many seconds ahead. The emulated clock takes a word at a time. */
void xs_test_later(xsMachine* the)
{
  uint32_t seconds = toIndex(the, &xsArg(0)), low = RTC_LOW;
  uint64_t now = ((uint64_t)RTC_HIGH << 32 | low) + seconds * NANOSECONDS;
  RTC_HIGH = (uint32_t)(now >> 32);
  RTC_LOW = (uint32_t)now;
}
