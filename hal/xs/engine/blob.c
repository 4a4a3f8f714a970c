/* Checks and reads application blobs. In the firmware, and in the compiler for the fingerprint of
 * the engine. */
#include "xsCommon.h"
#include "blob.h"
#include "../../common/base/crc32.h"
#include <stddef.h>

static char reason[160];

static const char* because(const char* format, ...)
{
  va_list list;
  va_start(list, format);
  vsnprintf(reason, sizeof(reason), format, list);
  va_end(list);
  return reason;
}

/* XS_ID_COUNT alone would accept an engine with other names or opcodes in the same number. */
uint32_t blobEngine(void)
{
  uint32_t crc = crc32Of(0, gxCodeSizes, sizeof(gxCodeSizes));
  for (int i = XS_SYMBOL_ID_COUNT; i < XS_ID_COUNT; i++)
    crc = crc32Of(crc, gxIDStrings[i], (uint32_t)strlen(gxIDStrings[i]) + 1);
  return crc;
}

static int inside(const BlobHeader* blob, uint32_t offset, uint32_t count, uint32_t itemSize)
{
  return (offset <= blob->size) && (count <= (blob->size - offset) / itemSize);
}

/* As inside, for a table of numbers. */
static int aligned(const BlobHeader* blob, uint32_t offset, uint32_t count, uint32_t itemSize)
{
  return !(offset % 4) && inside(blob, offset, count, itemSize);
}

/* The offset behind so many strings from this one on, which end inside; 0: they do not. */
static uint32_t endOf(const BlobHeader* blob, uint32_t at, uint32_t count)
{
  while (count && (at < blob->size)) {
    at += (uint32_t)strlen((const char*)blob + at) + 1;
    count--;
  }
  return count || (at >= blob->size) ? 0 : at;
}

/* blobc leaves no gap between names, natives and modules, so that a wrong count shows: with too few
 * names the code would name others. A gap before the table of modules has no text. */
static int countsFit(const BlobHeader* blob)
{
  uint32_t end = endOf(blob, blob->natives, blob->nativeCount);
  for (uint32_t i = 0; i < blob->nativeCount; i++)
    if (!*blobNative(blob, i))
      return 0;
  return (endOf(blob, blob->names, blob->nameCount) == blob->natives)
      && (((end + 3) & ~3u) == blob->modules);
}

static int tablesInside(const BlobHeader* blob)
{
  if (((const char*)blob)[blob->size - 1])
    return 0; /* so that every string ends inside */
  if (!endOf(blob, blob->names, blob->nameCount) || !endOf(blob, blob->natives, blob->nativeCount))
    return 0;
  if (!aligned(blob, blob->modules, blob->moduleCount, sizeof(BlobModule))
      || (blob->importCount >= blob->moduleCount))
    return 0;
  for (uint32_t i = 0; i < blob->moduleCount; i++) {
    const BlobModule* module = blobModule(blob, i);
    if (!module->codeSize || !inside(blob, module->code, module->codeSize, 1))
      return 0;
    if (!aligned(blob, module->positions, module->positionCount, sizeof(BlobPosition)))
      return 0;
    if (!aligned(blob, module->hosts, module->hostCount, sizeof(BlobHost)))
      return 0;
  }
  return 1;
}

const char* blobCheck(const void* bytes, uint32_t room)
{
  static const uint8_t xs[4] = { XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION,
    sizeof(txID) };
  const BlobHeader* blob = bytes;
  if (((uintptr_t)bytes % 4) || (room < sizeof(BlobHeader)) || memcmp(blob->magic, BLOB_MAGIC, 4))
    return "no application blob here";
  if (blob->byteOrder != BLOB_BYTE_ORDER)
    return "blob for the other byte order";
  if (blob->format != BLOB_FORMAT)
    return because("blob format %u, this firmware reads %u", (unsigned)blob->format, BLOB_FORMAT);
  if (memcmp(blob->xs, xs, 4))
    return because(
        "blob for XS %d.%d.%d with %d byte identifiers, this firmware is XS %d.%d.%d with %d",
        blob->xs[0], blob->xs[1], blob->xs[2], blob->xs[3], xs[0], xs[1], xs[2], xs[3]);
  if (blob->idCount != XS_ID_COUNT)
    return because("blob for XS_ID_COUNT %u, this firmware has %u", (unsigned)blob->idCount,
        (unsigned)XS_ID_COUNT);
  if (blob->engine != blobEngine())
    return "blob for an engine with other identifiers or opcodes";
  if ((blob->size < sizeof(BlobHeader)) || (blob->size > room))
    return because("blob is cut off: %u of %u bytes", (unsigned)room, (unsigned)blob->size);
  if (blob->crc != crc32Of(0, (const char*)bytes + BLOB_CRC_FROM, blob->size - BLOB_CRC_FROM))
    return "blob is damaged (CRC)";
  if (!tablesInside(blob))
    return "blob points outside itself";
  if (!countsFit(blob))
    return "blob counts its names or natives wrong";
  return NULL;
}

const char* blobString(const BlobHeader* blob, uint32_t offset)
{
  return offset < blob->size ? (const char*)blob + offset : "";
}

const char* blobNext(const char* string)
{
  return string + strlen(string) + 1;
}

const char* blobNative(const BlobHeader* blob, uint32_t index)
{
  const char* name = blobString(blob, blob->natives);
  while (index--)
    name = blobNext(name);
  return name;
}

const BlobModule* blobModule(const BlobHeader* blob, uint32_t index)
{
  return (const BlobModule*)((const char*)blob + blob->modules) + index;
}
