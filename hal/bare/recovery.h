/* The prompt on the console that takes an image: when no image can be booted, and while the start
 * of one that crashes again and again is put off. */
#ifndef RECOVERY_H
#define RECOVERY_H

#include "../common/boot/select.h"

/* Offers to take an image, by XMODEM, into the slot that was chosen; resets when a good one is in
   it. Where nothing can be booted it asks for ever. After crashes in a row it returns at the end of
   the pause, or when it is told to start: then the chosen image is to run. */
void recover(const BootChoice* choice);

#endif
