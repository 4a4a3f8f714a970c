#ifndef IDF_ESP_ATTR_H
#define IDF_ESP_ATTR_H

/* A page of its own: the fake puts a file there. */
#ifdef __riscv
#define RTC_NOINIT_ATTR __attribute__((section(".rtc_noinit")))
#else
#define RTC_NOINIT_ATTR __attribute__((section("rtc_noinit"), aligned(4096)))
#endif

#endif
