/* Checks a signed firmware image (MCUboot format) where it lies in a slot, before it is booted. */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include <stdint.h>

#define BOOT_SPKI_BYTES 44
#define BOOT_KEYS_MAX 4
#define BOOT_VERSION_TEXT 32

/* A vendor key that the board trusts: Ed25519, as it stands at the end of its SubjectPublicKeyInfo (RFC 8410 §4). */
typedef struct {
  uint8_t key[32];
  uint8_t hash[32];         /* SHA-256 of the SubjectPublicKeyInfo: what a KEYHASH record holds */
} BootKey;

typedef struct {
  const uint8_t* payload;
  uint32_t payloadLength;
  char version[BOOT_VERSION_TEXT];  /* "1.2.3+4", "1.2.3" when the build number is 0 */
} BootImage;

/* Takes the key out of a SubjectPublicKeyInfo of BOOT_SPKI_BYTES. 0: it is not Ed25519. */
int bootKey(BootKey* key, const uint8_t* spki);

/* NULL when one of the keys signed the image at `slot`, which has `room` bytes; otherwise the reason why not. */
const char* bootImageCheck(BootImage* image, const uint8_t* slot, uint32_t room, const BootKey* keys, int keyCount);

/* From the board. */
void bootSha256(const void* bytes, uint32_t length, uint8_t digest[32]);
int bootEd25519(const uint8_t key[32], const void* message, uint32_t length, const uint8_t signature[64]);

#endif
