/* The MCUboot image format, strictly: 32-byte header, payload, protected records, unprotected records. Every length is checked
   before it is used, a record stands once, and unprotected records other than digest, key hash and signature are refused.
   Behind the image the slot may hold anything: nothing there is read. */
#include "image.h"
#include <stdio.h>
#include <string.h>

#define IMAGE_MAGIC 0x96F3B83Du
#define INFO_PROTECTED 0x6908u
#define INFO_UNPROTECTED 0x6907u
#define HEADER_BYTES 32
#define RECORD_BYTES 4
#define RECORDS_MAX 32

/* Encrypted, compressed, not bootable, to be run from RAM or at a fixed place: nothing that this board boots. */
#define FLAGS_REFUSED (0x4u | 0x8u | 0x10u | 0x20u | 0x100u | 0x200u | 0x400u)

enum { RECORD_KEY_HASH = 0x01, RECORD_SHA256 = 0x10, RECORD_ED25519 = 0x24 };

/* Offsets from the start of the slot. `from` and `to` enclose the records of one area, without its info. */
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

int bootKey(BootKey* key, const uint8_t* spki)
{
  static const uint8_t prefix[12] = { 0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00 };
  if (memcmp(spki, prefix, sizeof(prefix)))
    return 0;
  memcpy(key->key, spki + sizeof(prefix), sizeof(key->key));
  bootSha256(spki, BOOT_SPKI_BYTES, key->hash);
  return 1;
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
    if ((area.to - at < RECORD_BYTES) || (get16(slot + at + 2) > area.to - at - RECORD_BYTES) || (count == RECORDS_MAX))
      return 0;
    types[count] = get16(slot + at);
    for (uint32_t i = 0; i < count; i++)
      if (types[i] == types[count])
        return 0;
    count++;
  }
  return 1;
}

/* The value of the record of this type and length in a well-formed area, or NULL. */
static const uint8_t* findRecord(const uint8_t* slot, Area area, uint32_t type, uint32_t length)
{
  for (uint32_t at = area.from; at < area.to; at += RECORD_BYTES + get16(slot + at + 2))
    if (get16(slot + at) == type)
      return get16(slot + at + 2) == length ? slot + at + RECORD_BYTES : NULL;
  return NULL;
}

/* Digest and signature. The key hash is not signed itself: it only selects one of the board's own keys. */
static const char* checkSignature(const uint8_t* slot, uint32_t length, Area area, const BootKey* keys, int keyCount)
{
  const uint8_t* hash = findRecord(slot, area, RECORD_KEY_HASH, 32);
  const uint8_t* digest = findRecord(slot, area, RECORD_SHA256, 32);
  const uint8_t* signature = findRecord(slot, area, RECORD_ED25519, 64);
  uint8_t own[32];
  if (!digest)
    return "no digest";
  if (!hash || !signature)
    return "not signed with Ed25519";
  if (area.to - area.from != 3 * RECORD_BYTES + 32 + 32 + 64)
    return "unknown records";
  bootSha256(slot, length, own);
  if (memcmp(own, digest, sizeof(own)))
    return "digest does not match";
  for (int i = 0; i < keyCount; i++)
    if (!memcmp(keys[i].hash, hash, sizeof(keys[i].hash)))
      return bootEd25519(keys[i].key, own, sizeof(own), signature) ? NULL : "signature does not match";
  return "signed with an unknown key";
}

/* As versionText of src/image does. */
static void writeVersion(char text[BOOT_VERSION_TEXT], const uint8_t* p)
{
  unsigned build = get32(p + 4);
  int length = snprintf(text, BOOT_VERSION_TEXT, "%u.%u.%u", p[0], p[1], (unsigned)get16(p + 2));
  if (build)
    snprintf(text + length, BOOT_VERSION_TEXT - (size_t)length, "+%u", build);
}

const char* bootImageCheck(BootImage* image, const uint8_t* slot, uint32_t room, const BootKey* keys, int keyCount)
{
  Area protected = { 0, 0 }, unprotected;
  uint32_t header, protectedLength, length;
  if ((room < HEADER_BYTES) || (get32(slot) != IMAGE_MAGIC))
    return "no image";
  header = get16(slot + 8);
  protectedLength = get16(slot + 10);
  image->payloadLength = get32(slot + 12);
  if ((header < HEADER_BYTES) || (header % 4) || (header > room) || (image->payloadLength > room - header))
    return "sizes do not fit";
  if (get32(slot + 16) & FLAGS_REFUSED)
    return "flags are refused";
  length = header + image->payloadLength;
  if (protectedLength) {
    if (!findArea(&protected, slot, room, length, INFO_PROTECTED) || (protected.to - length != protectedLength))
      return "protected records are malformed";
    length = protected.to;
  }
  if (!isWellFormed(slot, protected) || !findArea(&unprotected, slot, room, length, INFO_UNPROTECTED)
    || !isWellFormed(slot, unprotected))
    return "records are malformed";
  image->payload = slot + header;
  writeVersion(image->version, slot + 20);
  return checkSignature(slot, length, unprotected, keys, keyCount);
}
