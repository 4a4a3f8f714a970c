/* Checks a signed firmware image (MCUboot format) where it lies in a slot, before it is booted. */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include <stdint.h>

#define BOOT_KEYS_MAX 4
#define BOOT_POINT_BYTES 65
#define BOOT_VERSION_TEXT 32

typedef enum { BOOT_ED25519, BOOT_P256 } BootKeyType;

/* A vendor key that the board trusts, as it stands at the end of its SubjectPublicKeyInfo (RFC 8410
 * §4, RFC 5480 §2). */
typedef struct {
  BootKeyType type;
  uint8_t key[BOOT_POINT_BYTES]; /* Ed25519: the first 32 */
  uint8_t hash[32]; /* SHA-256 of the SubjectPublicKeyInfo: what a KEYHASH record holds */
  uint32_t until; /* revoked by a confirmed image with this security counter, or a higher one; 0: by
                     none */
} BootKey;

typedef struct {
  const uint8_t* payload;
  uint32_t payloadLength;
  uint32_t counter; /* the protected security counter, 0 when there is none */
  char version[BOOT_VERSION_TEXT]; /* "1.2.3+4", "1.2.3" when the build number is 0 */
} BootImage;

/* Takes the key that `der` begins with: a SubjectPublicKeyInfo and, where the key is revoked, an
   INTEGER of four bytes: `until`. How many bytes they have; 0: they are neither Ed25519 nor P-256.
 */
uint32_t bootKey(BootKey* key, const uint8_t* der, uint32_t length);

/* True when one of the keys is revoked by some security counter: then what is confirmed decides
 * about the other slot. */
int bootRevokes(const BootKey* keys, int keyCount);

/* NULL when one of the keys signed the image at `slot`, which has `room` bytes; otherwise the
   reason why not. `confirmed` is the security counter of the image that is kept while this one is
   tried, 0 for that image itself. */
const char* bootImageCheck(BootImage* image, const uint8_t* slot, uint32_t room,
    const BootKey* keys, int keyCount, uint32_t confirmed);

/* From the board. */
void bootSha256(const void* bytes, uint32_t length, uint8_t digest[32]);
int bootEd25519(
    const uint8_t key[32], const void* message, uint32_t length, const uint8_t signature[64]);
int bootP256(const uint8_t key[BOOT_POINT_BYTES], const uint8_t digest[32],
    const uint8_t* signature, uint32_t length);

#endif
