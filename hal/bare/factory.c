/* Reads the factory sector. What does not fit the sector ends the records. */
#include "factory.h"
#include "map.h"
#include <stddef.h>

#define START ((const uint8_t*)(FLASH_BASE + FLASH_FACTORY))
#define HEAD 8

static uint32_t wordAt(const uint8_t* at)
{
  return *(const uint32_t*)at;
}

const uint8_t* factoryFind(FactoryKind kind, const uint8_t* from, uint32_t* length)
{
  const uint8_t* end = START + FACTORY_BYTES;
  for (const uint8_t* at = START; (uint32_t)(end - at) >= HEAD;
       at += HEAD + ((wordAt(at + 4) + 3) & ~3u)) {
    if ((wordAt(at) == UINT32_MAX) || (wordAt(at + 4) > (uint32_t)(end - at) - HEAD))
      return NULL;
    if ((wordAt(at) == (uint32_t)kind) && (!from || (at + HEAD > from))) {
      *length = wordAt(at + 4);
      return at + HEAD;
    }
  }
  return NULL;
}
