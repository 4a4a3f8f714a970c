/* The keyboard of the board: lines of the standard input. */
#include "../common/base/arguments.h"
#include "mc.xs.h"
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX 1024

/* Moves the next line, without its end and what does not fit, into the buffer: how many bytes; -1:
 * there is none. Never waits. */
void xs_console_typed(xsMachine* the)
{
  static uint8_t line[LINE_BYTES_MAX];
  static uint32_t length;
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  Buffer buffer = toWritable(the, &xsArg(0));
  uint8_t byte;
  xsmcSetInteger(xsResult, -1);
  while (
      (poll(&input, 1, 0) > 0) && (input.revents & POLLIN) && (read(STDIN_FILENO, &byte, 1) == 1)) {
    if (byte != '\n') {
      if (length < LINE_BYTES_MAX)
        line[length++] = byte;
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
