/* From a stack to main: start.S of the board jumps here. */
#include "panic.h"
#include <stdint.h>

extern uint32_t __data_start[], __data_end[], __bss_start[], __bss_end[];
extern const uint32_t __data_load[];
int main(void);
void bareStart(void) __attribute__((noreturn));

/* `volatile`: a call of memcpy would run code that may lie in what is copied. */
void bareStart(void)
{
  const uint32_t* from = __data_load;
  for (volatile uint32_t* to = __data_start; to < __data_end;)
    *to++ = *from++;
  for (volatile uint32_t* to = __bss_start; to < __bss_end;)
    *to++ = 0;
  main();
  panic("main returned");
}
