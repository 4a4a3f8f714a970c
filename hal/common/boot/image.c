/* The MCUboot image format, strictly: 32-byte header, payload, protected records, unprotected
   records. Every length is checked before it is used, a record stands once, and unprotected records
   other than digest, key hash and signature are refused. Behind the image the slot may hold
   anything: nothing there is read. */
#include "image.h"
#include <stddef.h>
#include <string.h>

#define IMAGE_MAGIC 0x96F3B83Du
#define INFO_PROTECTED 0x6908u
#define INFO_UNPROTECTED 0x6907u
#define HEADER_BYTES 32
#define RECORD_BYTES 4
#define RECORDS_MAX 32

/* Encrypted, compressed, not bootable, to be run from RAM or at a fixed place: nothing that this
 * board boots. */
#define FLAGS_REFUSED (0x4u | 0x8u | 0x10u | 0x20u | 0x100u | 0x200u | 0x400u)

enum {
  RECORD_KEY_HASH = 0x01,
  RECORD_SHA256 = 0x10,
  RECORD_ECDSA = 0x22,
  RECORD_ED25519 = 0x24,
  RECORD_COUNTER = 0x50
};

#define DIGEST_BYTES 32
#define ED25519_BYTES 64
#define ECDSA_BYTES_MAX 72

/* Offsets from the start of the slot. `from` and `to` enclose the records of one area, without its
 * info. */
typedef struct {
  uint32_t from;
  uint32_t to;
} Area;

static uint32_t get16(const uint8_t* p)
{
  return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const uint8_t* p)
{
  return get16(p) | get16(p + 2) << 16;
}

/* What a SubjectPublicKeyInfo has before the key. */
static const struct {
  uint8_t bytes[26];
  uint8_t length;
  uint8_t keyLength;
} prefixes[] = {
  [BOOT_ED25519] = { { 0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00 }, 12,
      32 },
  [BOOT_P256] = { { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                      0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42,
                      0x00 },
      26, BOOT_POINT_BYTES },
};

uint32_t bootKey(BootKey* key, const uint8_t* der, uint32_t length)
{
  static const uint8_t integer[2] = { 0x02, 0x04 };
  for (int type = BOOT_ED25519; type <= BOOT_P256; type++) {
    uint32_t start = prefixes[type].length, spki = start + prefixes[type].keyLength;
    if ((length < spki) || memcmp(der, prefixes[type].bytes, start))
      continue;
    *key = (BootKey){ .type = (BootKeyType)type };
    memcpy(key->key, der + start, prefixes[type].keyLength);
    bootSha256(der, spki, key->hash);
    if ((length - spki < 6) || memcmp(der + spki, integer, sizeof(integer)))
      return spki;
    for (int i = 2; i < 6; i++)
      key->until = key->until << 8 | der[spki + i];
    return spki + 6;
  }
  return 0;
}

int bootRevokes(const BootKey* keys, int keyCount)
{
  for (int i = 0; i < keyCount; i++)
    if (keys[i].until)
      return 1;
  return 0;
}

/* The area that begins at `at` with its info: magic and total length. */
static int findArea(Area* area, const uint8_t* slot, uint32_t room, uint32_t at, uint32_t magic)
{
  uint32_t total;
  if ((at > room) || (room - at < RECORD_BYTES) || (get16(slot + at) != magic))
    return 0;
  total = get16(slot + at + 2);
  if ((total < RECORD_BYTES) || (total > room - at))
    return 0;
  area->from = at + RECORD_BYTES;
  area->to = at + total;
  return 1;
}

/* True when whole records, each of another type, fill the area. */
static int isWellFormed(const uint8_t* slot, Area area)
{
  uint32_t types[RECORDS_MAX], count = 0;
  for (uint32_t at = area.from; at < area.to; at += RECORD_BYTES + get16(slot + at + 2)) {
    if ((area.to - at < RECORD_BYTES) || (get16(slot + at + 2) > area.to - at - RECORD_BYTES)
        || (count == RECORDS_MAX))
      return 0;
    types[count] = get16(slot + at);
    for (uint32_t i = 0; i < count; i++)
      if (types[i] == types[count])
        return 0;
    count++;
  }
  return 1;
}

/* The value of the record of this type in a well-formed area, or NULL; and its length, from `least`
 * to `most`. */
static const uint8_t* findRecord(
    const uint8_t* slot, Area area, uint32_t type, uint32_t least, uint32_t most, uint32_t* length)
{
  for (uint32_t at = area.from; at < area.to; at += RECORD_BYTES + get16(slot + at + 2))
    if (get16(slot + at) == type) {
      *length = get16(slot + at + 2);
      return (*length >= least) && (*length <= most) ? slot + at + RECORD_BYTES : NULL;
    }
  return NULL;
}

static int isSigned(const BootKey* key, const uint8_t digest[DIGEST_BYTES],
    const uint8_t* signature, uint32_t length)
{
  return key->type == BOOT_P256 ? bootP256(key->key, digest, signature, length)
                                : bootEd25519(key->key, digest, DIGEST_BYTES, signature);
}

/* Digest and signature. The key hash is not signed itself: it only selects one of the board's own
 * keys. */
static const char* checkSignature(const uint8_t* slot, uint32_t length, Area area,
    const BootKey* keys, int keyCount, uint32_t confirmed)
{
  uint32_t size, signatureLength = 0;
  const uint8_t* hash = findRecord(slot, area, RECORD_KEY_HASH, DIGEST_BYTES, DIGEST_BYTES, &size);
  const uint8_t* digest = findRecord(slot, area, RECORD_SHA256, DIGEST_BYTES, DIGEST_BYTES, &size);
  const uint8_t* ed25519 =
      findRecord(slot, area, RECORD_ED25519, ED25519_BYTES, ED25519_BYTES, &signatureLength);
  const uint8_t* signature = ed25519
      ? ed25519
      : findRecord(slot, area, RECORD_ECDSA, 1, ECDSA_BYTES_MAX, &signatureLength);
  uint8_t own[DIGEST_BYTES];
  if (!digest)
    return "no digest";
  if (!hash || !signature)
    return "not signed with Ed25519 or P-256";
  if (area.to - area.from != 3 * RECORD_BYTES + 2 * DIGEST_BYTES + signatureLength)
    return "unknown records";
  bootSha256(slot, length, own);
  if (memcmp(own, digest, sizeof(own)))
    return "digest does not match";
  for (int i = 0; i < keyCount; i++) {
    if (memcmp(keys[i].hash, hash, sizeof(keys[i].hash)))
      continue;
    if (keys[i].until && (confirmed >= keys[i].until))
      return "signed with a revoked key";
    return (keys[i].type == BOOT_ED25519) == !!ed25519
            && isSigned(&keys[i], own, signature, signatureLength)
        ? NULL
        : "signature does not match";
  }
  return "signed with an unknown key";
}

/* Writes `mark` and a number in decimal digits: what follows them. */
static char* putNumber(char* at, char mark, uint32_t number)
{
  char digits[10];
  int count = 0;
  do
    digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  if (mark)
    *at++ = mark;
  while (count)
    *at++ = digits[--count];
  return at;
}

/* As versionText of src/image does. */
static void writeVersion(char text[BOOT_VERSION_TEXT], const uint8_t* p)
{
  uint32_t build = get32(p + 4);
  text = putNumber(text, 0, p[0]);
  text = putNumber(text, '.', p[1]);
  text = putNumber(text, '.', get16(p + 2));
  if (build)
    text = putNumber(text, '+', build);
  *text = 0;
}

const char* bootImageCheck(BootImage* image, const uint8_t* slot, uint32_t room,
    const BootKey* keys, int keyCount, uint32_t confirmed)
{
  Area protected = { 0, 0 }, unprotected;
  uint32_t header, protectedLength, length, size;
  const uint8_t* counter;
  if ((room < HEADER_BYTES) || (get32(slot) != IMAGE_MAGIC))
    return "no image";
  header = get16(slot + 8);
  protectedLength = get16(slot + 10);
  image->payloadLength = get32(slot + 12);
  if ((header < HEADER_BYTES) || (header % 4) || (header > room)
      || (image->payloadLength > room - header))
    return "sizes do not fit";
  if (get32(slot + 16) & FLAGS_REFUSED)
    return "flags are refused";
  length = header + image->payloadLength;
  if (protectedLength) {
    if (!findArea(&protected, slot, room, length, INFO_PROTECTED)
        || (protected.to - length != protectedLength))
      return "protected records are malformed";
    length = protected.to;
  }
  if (!isWellFormed(slot, protected)
      || !findArea(&unprotected, slot, room, length, INFO_UNPROTECTED)
      || !isWellFormed(slot, unprotected))
    return "records are malformed";
  image->payload = slot + header;
  counter = findRecord(slot, protected, RECORD_COUNTER, 4, 4, &size);
  image->counter = counter ? get32(counter) : 0;
  writeVersion(image->version, slot + 20);
  return checkSignature(slot, length, unprotected, keys, keyCount, confirmed);
}
