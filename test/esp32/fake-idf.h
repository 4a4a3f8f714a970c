/* The fake's own end of ESP-IDF: the state directory, and the boot loader. What hal/esp32 calls is
   declared in the stand-in headers below idf/. */
#ifndef FAKE_IDF_H
#define FAKE_IDF_H

#include "../../hal/esp32/idf.h"

/* A file "hardware" in the directory has words for what is wrong with the board: no-LABEL,
   unreadable-LABEL, small-store, odd-store, long-head, unequal, factory, no-rollback,
   stuck-otadata, full-nvs; encrypted, and esp32 for the chip that encrypts rows of 32 bytes;
   anti-rollback, with the fuses in a file of that name. A file "reason" has the number of an
   esp_reset_reason_t, for the next start alone. */
const char* fakeOpen(const char* directory, esp_reset_reason_t reason);
/* What the boot loader boots: the bytes of the application's segment; NULL when no slot has an
 * image. */
const void* fakeBoot(uint32_t* length);

#endif
