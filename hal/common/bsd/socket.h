/* Sockets that never block: TCP clients, for the natives of hal/common/natives/socket.ts, and UDP
 * ports, for those of datagram.ts. They use what Linux, and newlib with lwIP, have in common. */
#ifndef HOST_SOCKET_H
#define HOST_SOCKET_H

#include "lookup.h"
#include <stdint.h>
#include <sys/poll.h>

typedef enum { SOCKET_RESOLVING, SOCKET_CONNECTING, SOCKET_OPEN, SOCKET_FAILED } SocketState;

typedef struct Socket Socket;

struct Socket {
  Socket* next;
  int file;
  SocketState state;
  short wanted; /* the poll events that the last calls were in want of */
  const char* kind; /* of the error, once state is SOCKET_FAILED */
  Lookup* lookup; /* while state is SOCKET_RESOLVING */
  Address addresses[LOOKUP_ADDRESSES_MAX];
  int addressCount;
  int address; /* the one that is tried */
};

/* Begins to look up the host, and to connect to its first address. NULL and a kind of LinkError
 * when that is known to be in vain. */
Socket* socketOpen(const char* host, uint16_t port, const char** kind);
void socketClose(Socket* socket);
/* How many bytes; 0: none now; -1: the peer has closed (read only); -2: failed, see kind. */
long socketRead(Socket* socket, void* bytes, uint32_t length);
long socketWrite(Socket* socket, const void* bytes, uint32_t length);
/* Opens a UDP port; on a computer that of the loopback interface. NULL: it cannot be had.
 * socketClose closes it, too. */
Socket* datagramOpen(uint16_t port);
/* Takes one datagram: its bytes; 0: none, or one that is empty or longer than `length`. */
long datagramReceive(Socket* socket, void* bytes, uint32_t length);
/* Makes socketWait look at the socket. */
void socketAdd(Socket* socket);
/* Waits until a socket can do what it was last in want of, or the time is over. */
void socketWait(int timeoutMs);

#endif
