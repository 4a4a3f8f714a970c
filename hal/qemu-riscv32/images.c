/* Signed images in the slots, and the checks that the boot code asks a board for. */
#include "images.h"
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
    if ((length == BOOT_SPKI_BYTES) && bootKey(&keys[keyCount], spki))
      keyCount++;
  return keyCount;
}

/* The payload is one that was linked for this board, whole. */
static const char* checkPayload(const BootImage* image)
{
  const FirmwareHead* head = (const FirmwareHead*)image->payload;
  if (((uintptr_t)head % 4) || (image->payloadLength < sizeof(FirmwareHead)) || (head->magic != FIRMWARE_MAGIC))
    return "no firmware";
  if (head->board != FIRMWARE_BOARD)
    return "firmware of another board";
  return (head->length > image->payloadLength) || (head->length > WINDOW_BYTES) ? "firmware of another size" : NULL;
}

const char* imagesCheck(BootImage* image, int slot)
{
  const uint8_t* at = norAt(&norPartitions[slot ? NOR_SLOT_B : NOR_SLOT_A], 0);
  const char* problem = bootImageCheck(image, at, SLOT_BYTES, keys, keyCount);
  return problem ? problem : checkPayload(image);
}

void bootSha256(const void* bytes, uint32_t length, uint8_t digest[32])
{
  mbedtls_sha256_ret(bytes, length, digest, 0);
}

int bootEd25519(const uint8_t key[32], const void* message, uint32_t length, const uint8_t signature[64])
{
  return crypto_sign_ed25519_verify_detached(signature, message, length, key) == 0;
}
