/* Signed images in the slots, and the checks that the boot code asks a board for. */
#include "images.h"
#include "../xs/base/p256.h"
#include "factory.h"
#include "firmware.h"
#include "map.h"
#include "nor.h"
#include <mbedtls/sha256.h>
#include <sodium/crypto_sign_ed25519.h>
#include <stddef.h>

static BootKey keys[BOOT_KEYS_MAX];
static int keyCount;

int imagesKeys(void)
{
  uint32_t length;
  const uint8_t* spki = NULL;
  keyCount = 0;
  while ((keyCount < BOOT_KEYS_MAX) && (spki = factoryFind(FACTORY_KEY, spki, &length)))
    if (bootKey(&keys[keyCount], spki, length) == length)
      keyCount++;
  return keyCount;
}

/* The payload is one that was linked for this board, whole. */
static const char* checkPayload(const BootImage* image)
{
  const FirmwareHead* head = (const FirmwareHead*)image->payload;
  if (((uintptr_t)head % 4) || (image->payloadLength < sizeof(FirmwareHead))
      || (head->magic != FIRMWARE_MAGIC))
    return "no firmware";
  if (head->board != FIRMWARE_BOARD)
    return "firmware of another board";
  return (head->length > image->payloadLength) || (head->length > WINDOW_BYTES)
      ? "firmware of another size"
      : NULL;
}

static const char* check(BootImage* image, int slot, uint32_t confirmed)
{
  const uint8_t* at = norAt(&norPartitions[slot ? NOR_SLOT_B : NOR_SLOT_A], 0);
  const char* problem = bootImageCheck(image, at, SLOT_BYTES, keys, keyCount, confirmed);
  return problem ? problem : checkPayload(image);
}

const char* imagesCheck(BootImage* image, int slot, int selected)
{
  BootImage kept;
  uint32_t confirmed = 0;
  if ((slot != selected) && bootRevokes(keys, keyCount) && !check(&kept, selected, 0))
    confirmed = kept.counter;
  return check(image, slot, confirmed);
}

void bootSha256(const void* bytes, uint32_t length, uint8_t digest[32])
{
  mbedtls_sha256_ret(bytes, length, digest, 0);
}

int bootEd25519(
    const uint8_t key[32], const void* message, uint32_t length, const uint8_t signature[64])
{
  return crypto_sign_ed25519_verify_detached(signature, message, length, key) == 0;
}

int bootP256(const uint8_t key[BOOT_POINT_BYTES], const uint8_t digest[32],
    const uint8_t* signature, uint32_t length)
{
  return p256Verify(key, digest, signature, length);
}
