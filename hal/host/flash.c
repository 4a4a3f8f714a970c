/* Natives of flash.ts: a partition in a file of the state directory. */
#include "../common/base/arguments.h"
#include "../common/base/place.h"
#include "../common/base/receiver.h"
#include "board.h"
#include "file.h"
#include "mc.xs.h"
#include <stdlib.h>

/* XS calls this with NULL for the prototype object and for instances that were closed. */
void xs_flash_destructor(void* data)
{
  if (!data)
    return;
  flashFileClose(data);
  free(data);
}

static void check(xsMachine* the, FlashResult result)
{
  if (result == FLASH_MISALIGNED)
    throwKind(the, "misaligned", "flash: not a multiple of writeAlign");
  if (result == FLASH_BOUNDS)
    throwKind(the, "bounds", "flash: outside the partition");
  if (result == FLASH_DEVICE)
    throwKind(the, "device", "flash: not erased, or the file failed");
}

void xs_flash(xsMachine* the)
{
  uint32_t blockLength = toIndex(the, &xsArg(1)), blocks = toIndex(the, &xsArg(2)),
           writeAlign = toIndex(the, &xsArg(3));
  char path[PATH_BYTES_MAX];
  FlashFile* flash;
  if (!hostBoard() || !hostPath(path, xsmcToString(xsArg(0))))
    throwKind(the, "device", "flash: no state directory");
  checkNew(the, xs_flash_destructor);
  flash = malloc(sizeof(FlashFile));
  if (!flash || !flashFileOpen(flash, path, blockLength, blocks, writeAlign)) {
    free(flash);
    throwKind(the, "device", "flash: the file cannot be opened with this geometry");
  }
  xsmcSetHostData(xsThis, flash);
}

void xs_flash_read(xsMachine* the)
{
  uint32_t offset = toPlace(the, &xsArg(1));
  FlashFile* flash = toReceiver(the, xs_flash_destructor);
  Buffer buffer = toWritable(the, &xsArg(0));
  check(the, flashFileRead(flash, offset, buffer.bytes, buffer.length));
}

void xs_flash_write(xsMachine* the)
{
  uint32_t offset = toPlace(the, &xsArg(1));
  FlashFile* flash = toReceiver(the, xs_flash_destructor);
  Buffer buffer = toReadable(the, &xsArg(0));
  check(the, flashFileWrite(flash, offset, buffer.bytes, buffer.length));
}

void xs_flash_erase_block(xsMachine* the)
{
  uint32_t block = toPlace(the, &xsArg(0));
  check(the, flashFileErase(toReceiver(the, xs_flash_destructor), block));
}

/* A second close does nothing; every other call after a close throws SyntaxError. */
void xs_flash_close(xsMachine* the)
{
  xs_flash_destructor(takeReceiver(the, xs_flash_destructor));
}
