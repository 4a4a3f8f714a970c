/* Sockets of ../net/socket.h over the calls of BSD: what Linux, and newlib with lwIP, have in
 * common. */
#ifndef BSD_H
#define BSD_H

#include "../net/socket.h"
#include "lookup.h"
#include <sys/poll.h>

typedef enum { SOCKET_RESOLVING, SOCKET_CONNECTING, SOCKET_OPEN, SOCKET_FAILED } SocketState;

struct Socket {
  Socket* next;
  int file;
  SocketState state;
  short wanted; /* the poll events that the last calls were in want of */
  const char* kind; /* of the error, once state is SOCKET_FAILED */
  Lookup* lookup; /* while state is SOCKET_RESOLVING */
  Address addresses[ADDRESSES_MAX];
  int addressCount;
  int address; /* the one that is tried */
  double until; /* when it has been silent for long enough */
};

/* Makes socketWait look at the socket. */
void socketAdd(Socket* socket);
/* Waits until a socket can do what it was last in want of, or the time is over. */
void socketWait(uint32_t timeoutMs);

#endif
