/* TCP client sockets that never block, over the natives of hal/xs/board/socket.ts. */
#ifndef HOST_SOCKET_H
#define HOST_SOCKET_H

#include <netdb.h>
#include <poll.h>
#include <stdint.h>

typedef enum { SOCKET_CONNECTING, SOCKET_OPEN, SOCKET_FAILED } SocketState;

typedef struct Socket Socket;

struct Socket {
  Socket* next;
  int file;
  SocketState state;
  short wanted;             /* the poll events that the last calls were in want of */
  const char* kind;         /* of the error, once state is SOCKET_FAILED */
  struct addrinfo* addresses;
  struct addrinfo* address; /* the one that is tried */
};

/* Begins to connect to the first address of the host; NULL and a kind of LinkError when it has none. */
Socket* socketOpen(const char* host, uint16_t port, const char** kind);
void socketClose(Socket* socket);
/* How many bytes; 0: none now; -1: the peer has closed (read only); -2: failed, see kind. */
long socketRead(Socket* socket, void* bytes, uint32_t length);
long socketWrite(Socket* socket, const void* bytes, uint32_t length);
/* Waits until a socket can do what it was last in want of, or the time is over. */
void socketWait(int timeoutMs);

#endif
