/* The flash: a file, whose path is the command line of semihosting, and a copy of it where flash is
 * mapped. A program is in the file before its copy changes, so that it survives the end of the
 * emulator at any moment. */
#include "../bare/chip.h"
#include "../bare/layout.h"
#include "semihost.h"

#define PATH_BYTES 256

static int32_t flashFile(void)
{
  static int32_t file = -1;
  static char path[PATH_BYTES];
  uint32_t words[] = { (uint32_t)path, PATH_BYTES };
  if ((file < 0) && !hostCall(HOST_COMMAND_LINE, words))
    file = hostOpen(path, HOST_UPDATES);
  return file;
}

/* The file from `offset` on; 1 when all of it was done. */
static int move(uint32_t call, uint32_t offset, const void* bytes, uint32_t length)
{
  uint32_t place[] = { (uint32_t)flashFile(), offset };
  return (flashFile() >= 0) && !hostCall(HOST_SEEK, place)
      && !hostMove(call, flashFile(), bytes, length);
}

static uint8_t* mapped(uint32_t offset)
{
  return (uint8_t*)FLASH_BASE + offset;
}

int chipStart(void)
{
  return move(HOST_READ, 0, mapped(0), FLASH_BYTES);
}

int chipProgram(uint32_t offset, const uint32_t* words, uint32_t length)
{
  if (!move(HOST_WRITE, offset, words, length))
    return 0;
  memcpy(mapped(offset), words, length);
  return 1;
}

int chipErase(uint32_t offset)
{
  memset(mapped(offset), 0xFF, SECTOR_AT(offset));
  return move(HOST_WRITE, offset, mapped(offset), SECTOR_AT(offset));
}
