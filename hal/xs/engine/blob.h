/* An application blob: prelinked bytecode that runs where it lies, from flash too. README.md has
   the layout as a table. Offsets count from the start of the blob. Numbers are in the byte order of
   the target; strings end with NUL. */
#ifndef BLOB_H
#define BLOB_H

#include <stdint.h>

#define BLOB_MAGIC "XSAB"
#define BLOB_FORMAT 2 /* raise it at every change of this file */
#define BLOB_BYTE_ORDER 0x01020304u
#define BLOB_CLASS (-1)

typedef struct {
  char magic[4];
  uint32_t byteOrder;
  uint32_t format;
  uint8_t xs[4]; /* major, minor, patch, sizeof(txID) */
  uint32_t idCount; /* XS_ID_COUNT: the first identifier of the application */
  uint32_t engine; /* CRC of the engine's identifiers and opcodes */
  uint32_t size; /* of the whole blob */
  uint32_t crc; /* of all that follows this field */
  uint32_t version; /* string */
  uint32_t names; /* strings, one behind the other: identifiers idCount, idCount + 1, ... */
  uint32_t nameCount;
  uint32_t natives; /* strings behind them: C functions that the application needs */
  uint32_t nativeCount;
  uint32_t modules; /* BlobModule[moduleCount]; the first one is the entry */
  uint32_t moduleCount;
  uint32_t importCount; /* modules that the entry imports: those behind it */
} BlobHeader;

typedef struct {
  uint32_t name; /* string */
  uint32_t code;
  uint32_t codeSize;
  uint32_t file; /* string, or 0: no positions */
  uint32_t positions; /* BlobPosition[positionCount], by ascending code offset */
  uint32_t positionCount;
  uint32_t hosts; /* BlobHost[hostCount], what the host opcodes of the module number */
  uint32_t hostCount;
} BlobModule;

typedef struct {
  uint32_t native; /* index in the natives of the blob */
  int16_t arity; /* BLOB_CLASS: the prototype of a class */
  uint16_t name; /* identifier, or 0 */
} BlobHost;

typedef struct {
  uint32_t code; /* offset in the code of the module */
  uint32_t line;
} BlobPosition;

/* Where the bytes begin that BlobHeader.crc covers. */
#define BLOB_CRC_FROM ((uint32_t)(offsetof(BlobHeader, crc) + sizeof(uint32_t)))

/* What BlobHeader.engine must be for this build of XS. */
uint32_t blobEngine(void);

/* NULL when this engine can run the blob in the `room` bytes from `bytes` on, otherwise the reason
   why not, for a person. The text is good until the next call. The CRC finds damage, not forgery:
   check a signature before a blob gets here. */
const char* blobCheck(const void* bytes, uint32_t room);

/* Parts of a checked blob. */
const char* blobString(const BlobHeader* blob, uint32_t offset);
/* Of the names or natives, the one behind this. */
const char* blobNext(const char* string);
const char* blobNative(const BlobHeader* blob, uint32_t index);
const BlobModule* blobModule(const BlobHeader* blob, uint32_t index);

#endif
