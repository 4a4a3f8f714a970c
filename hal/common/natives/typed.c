/* Native of typed.ts: the bytes that came in at the console, line by line. */
#include "../base/arguments.h"
#include "board.h"
#include "mc.xs.h"
#include <string.h>

#define LINE_BYTES_MAX 1024

/* Moves the next line, without its end and what does not fit, into the buffer: how many bytes; -1:
 * there is none. Never waits. */
void xs_console_typed(xsMachine* the)
{
  static uint8_t line[LINE_BYTES_MAX];
  static uint32_t length;
  Buffer buffer = toWritable(the, &xsArg(0));
  xsmcSetInteger(xsResult, -1);
  for (int byte; (byte = boardTyped()) >= 0;) {
    if (byte != '\n') {
      if (length < LINE_BYTES_MAX)
        line[length++] = (uint8_t)byte;
      continue;
    }
    if (length > buffer.length)
      length = buffer.length;
    memcpy(buffer.bytes, line, length);
    xsmcSetInteger(xsResult, (xsIntegerValue)length);
    length = 0;
    return;
  }
}
