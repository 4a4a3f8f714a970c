/* The keyboard of the board: the standard input. */
#include "../common/natives/board.h"
#include <poll.h>
#include <unistd.h>

int boardTyped(void)
{
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  uint8_t byte;
  int isThere = (poll(&input, 1, 0) > 0) && (input.revents & POLLIN);
  return isThere && (read(STDIN_FILENO, &byte, 1) == 1) ? byte : -1;
}
