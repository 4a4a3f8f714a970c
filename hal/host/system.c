/* Natives of hal/common/natives/system.ts: clock, randomness, console, provisioning. */
#define _GNU_SOURCE
#include "../common/base/arguments.h"
#include "board.h"
#include "mc.xs.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define PROVISION_BYTES_MAX 65536

void xs_system_now(xsMachine* the)
{
  xsmcSetNumber(xsResult, hostNow());
}

void xs_system_random(xsMachine* the)
{
  Buffer buffer = toWritable(the, &xsArg(0));
  while (buffer.length) {
    ssize_t count = getrandom(buffer.bytes, buffer.length, 0);
    if (count < 0)
      xsUnknownError("no random bytes");
    buffer.bytes += count;
    buffer.length -= (uint32_t)count;
  }
}

void xs_system_print(xsMachine* the)
{
  puts(xsmcToString(xsArg(0)));
  fflush(stdout);
}

void xs_system_provision(xsMachine* the)
{
  char path[PATH_BYTES_MAX], *text;
  FILE* file = hostBoard() && hostPath(path, "provision.json") ? fopen(path, "rbe") : NULL;
  size_t length = 0;
  if (!file)
    xsUnknownError("cannot read provision.json");
  text = malloc(PROVISION_BYTES_MAX + 1);
  if (text)
    length = fread(text, 1, PROVISION_BYTES_MAX + 1, file);
  fclose(file);
  if (!text || (length > PROVISION_BYTES_MAX)) {
    free(text);
    xsRangeError("provision.json is too long");
  }
  xsmcSetStringBuffer(xsResult, text, (xsIntegerValue)length);
  free(text);
}

void xs_system_version(xsMachine* the)
{
  HostBoard* board = hostBoard();
  xsmcSetString(xsResult, board ? board->image.version : "");
}

void xs_system_security_counter(xsMachine* the)
{
  HostBoard* board = hostBoard();
  xsmcSetNumber(xsResult, board ? board->image.counter : 0);
}

void xs_system_exit(xsMachine* the)
{
  hostExit((int)toIndex(the, &xsArg(0)));
}
