/* The two slots: checks of the signed images in them. In the loader, and in the firmware before it
 * arms one. */
#ifndef IMAGES_H
#define IMAGES_H

#include "../xs/boot/image.h"

/* Takes the vendor keys from the factory sector: how many. The slots are checked with them. */
int imagesKeys(void);
/* NULL when the loader would boot the slot (0: A, 1: B), otherwise the reason why not. The image in
   slot `selected` is the one that is kept: its security counter revokes keys. */
const char* imagesCheck(BootImage* image, int slot, int selected);

#endif
