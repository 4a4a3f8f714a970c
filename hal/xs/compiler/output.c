/* Modules -> the bytes of a blob: see ../engine/blob.h. The same input gives the same bytes. */
#include "compiler.h"
#include "../../common/base/crc32.h"
#include <stddef.h>

/* Left free for what the next release adds: behind the code of each module, before all of it, and
   before the names. And the most that may be empty before one of them. */
#define MODULE_RESERVE 16
#define RESERVE 512
#define GAP_MAX 8192

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
  uint32_t at = out.size;
  for (uint32_t i = 0; i < list->count; i++)
    appendString(list->items[i]);
  return at;
}

/* All of a module but its code. */
static void appendModule(BlobModule* entry, const Module* module)
{
  memset(entry, 0, sizeof(BlobModule));
  entry->name = appendString(module->name);
  entry->codeSize = module->script->codeSize;
  entry->hosts = appendTable(module->hosts, module->hostCount * sizeof(BlobHost));
  entry->hostCount = module->hostCount;
  if (module->file)
    entry->file = appendString(module->file);
  entry->positions = appendTable(module->positions, module->positionCount * sizeof(BlobPosition));
  entry->positionCount = module->positionCount;
}

/* Goes on at `place`, where the blob before has what follows; or, where what is there does not fit
 * any more or too much would be empty, `reserve` bytes later. */
static void goTo(uint32_t place, uint32_t reserve)
{
  if ((place < out.size) || (place - out.size > GAP_MAX))
    place = out.size + reserve;
  while (out.size < place)
    append("", 1);
}

/* Modules that the blob before has, in its order, then the others in theirs. */
static int comesBefore(const Module* a, const Module* b)
{
  return a->place && (!b->place || (a->place < b->place));
}

/* What pushes a module away takes the room behind it, too: the next ones stay. */
static void appendCode(BlobModule* table, const Module* modules, uint32_t count)
{
  uint32_t* order = allocate(NULL, count * sizeof(uint32_t));
  for (uint32_t i = 0; i < count; i++) {
    uint32_t at = i;
    for (; at && comesBefore(&modules[i], &modules[order[at - 1]]); at--)
      order[at] = order[at - 1];
    order[at] = i;
  }
  for (uint32_t i = 0; i < count; i++) {
    const Module* module = &modules[order[i]];
    goTo(module->place, module->place ? 0 : i ? MODULE_RESERVE : RESERVE);
    table[order[i]].code = append(module->script->codeBuffer, module->script->codeSize);
  }
  free(order);
}

uint32_t writeBlob(const char* path, const Module* modules, uint32_t count, uint32_t imports,
    const char* version, uint32_t namesAt)
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
  appendCode(table, modules, count);
  goTo(namesAt, RESERVE);
  header.names = appendList(&names);
  header.nameCount = names.count;
  header.natives = appendList(&natives);
  header.nativeCount = natives.count;
  header.modules = appendTable(table, count * sizeof(BlobModule));
  header.moduleCount = count;
  header.importCount = imports;
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
