/* What is left when no image can be booted: a prompt on the console that takes one. */
#ifndef RECOVERY_H
#define RECOVERY_H

/* Asks for an image, by XMODEM, until a good one is in `slot`; then resets. */
void recover(int slot) __attribute__((noreturn));

#endif
