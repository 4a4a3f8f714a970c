/* The two slots: checks of the signed images in them. In the loader, and in the firmware before it
 * arms one. */
#ifndef IMAGES_H
#define IMAGES_H

#include "../common/boot/select.h"

/* What the selector asks of this board, with the vendor keys that are in the factory sector now.
 * `refused` is told of slots that should boot and cannot; NULL: nobody is. */
const BootBoard* imagesBoard(void (*refused)(const BootBoard* board, int slot, const char* why));

#endif
