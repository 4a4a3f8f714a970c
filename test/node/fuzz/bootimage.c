/* Feeds images to the check of the boot selector, for fuzz/bootimage.test.ts: an Ed25519 key (44
   bytes), then for each image its length (4 bytes, little-endian) and its bytes. Prints 1 or 0 for
   each. Every image has a block of its own, so that the sanitizer sees a read past it. */
#include "../../../hal/common/boot/image.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv)
{
  FILE* file = fopen(argc > 1 ? argv[1] : "", "rb");
  uint8_t der[44], size[4];
  BootKey key;
  if (!file || (fread(der, sizeof(der), 1, file) != 1)
      || (bootKey(&key, der, sizeof(der)) != sizeof(der)))
    return 2;
  while (fread(size, sizeof(size), 1, file) == 1) {
    uint32_t length =
        size[0] | (uint32_t)size[1] << 8 | (uint32_t)size[2] << 16 | (uint32_t)size[3] << 24;
    uint8_t* bytes = malloc(length ? length : 1);
    BootImage image;
    if (!bytes || (length && (fread(bytes, length, 1, file) != 1)))
      return 2;
    putchar(bootImageCheck(&image, bytes, length, &key, 1, 0) ? '0' : '1');
    free(bytes);
  }
  return 0;
}
