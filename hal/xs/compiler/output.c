/* Modules -> the bytes of a blob: see ../engine/blob.h. The same input gives the same bytes. */
#include "compiler.h"
#include "../../common/base/crc32.h"
#include <stddef.h>

static struct {
  char* bytes;
  uint32_t size;
} out;

static uint32_t append(const void* bytes, uint32_t size)
{
  uint32_t at = out.size;
  out.bytes = allocate(out.bytes, out.size + size);
  if (size)
    memcpy(out.bytes + out.size, bytes, size);
  out.size += size;
  return at;
}

static uint32_t appendString(const char* text)
{
  return append(text, (uint32_t)strlen(text) + 1);
}

static uint32_t appendTable(const void* items, uint32_t size)
{
  while (out.size % 4)
    append("", 1);
  return append(items, size);
}

static uint32_t appendList(const List* list)
{
  uint32_t *offsets = allocate(NULL, list->count * sizeof(uint32_t)), at;
  for (uint32_t i = 0; i < list->count; i++)
    offsets[i] = appendString(list->items[i]);
  at = appendTable(offsets, list->count * sizeof(uint32_t));
  free(offsets);
  return at;
}

static void appendModule(BlobModule* entry, const Module* module)
{
  memset(entry, 0, sizeof(BlobModule));
  entry->name = appendString(module->name);
  entry->code = append(module->script->codeBuffer, module->script->codeSize);
  entry->codeSize = module->script->codeSize;
  entry->hosts = appendTable(module->hosts, module->hostCount * sizeof(BlobHost));
  entry->hostCount = module->hostCount;
  if (module->file)
    entry->file = appendString(module->file);
  entry->positions = appendTable(module->positions, module->positionCount * sizeof(BlobPosition));
  entry->positionCount = module->positionCount;
}

uint32_t writeBlob(const char* path, const Module* modules, uint32_t count, const char* version)
{
  BlobHeader header = { .magic = { 'X', 'S', 'A', 'B' },
    .byteOrder = BLOB_BYTE_ORDER,
    .format = BLOB_FORMAT,
    .xs = { XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION, sizeof(txID) },
    .idCount = XS_ID_COUNT };
  BlobModule* table = allocate(NULL, count * sizeof(BlobModule));
  FILE* file;
  append(&header, sizeof(header));
  for (uint32_t i = 0; i < count; i++)
    appendModule(&table[i], &modules[i]);
  header.engine = blobEngine();
  header.version = appendString(version);
  header.names = appendList(&names);
  header.nameCount = names.count;
  header.natives = appendList(&natives);
  header.nativeCount = natives.count;
  header.modules = appendTable(table, count * sizeof(BlobModule));
  header.moduleCount = count;
  append("", 1); /* the NUL that ends the last string, whatever it is */
  header.size = out.size;
  header.crc = 0;
  memcpy(out.bytes, &header, sizeof(header));
  header.crc = crc32Of(0, out.bytes + BLOB_CRC_FROM, out.size - BLOB_CRC_FROM);
  memcpy(out.bytes, &header, sizeof(header));
  free(table);
  file = fopen(path, "wb");
  if (!file || (fwrite(out.bytes, 1, out.size, file) != out.size) || fclose(file))
    fail("cannot write %s: %s", path, strerror(errno));
  return out.size;
}
