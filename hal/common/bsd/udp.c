/* A UDP port that never blocks. */
#define _GNU_SOURCE
#include "bsd.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A chip listens to its network, a board that is a process to the computer that it runs on. */
#ifdef ESP_PLATFORM
#define LISTEN INADDR_ANY
#define SOCK_CLOEXEC 0
#else
#define LISTEN INADDR_LOOPBACK
#endif

struct DatagramPort {
  Socket socket; /* first, so that socketClose frees all of it */
};

DatagramPort* datagramOpen(uint16_t number)
{
  DatagramPort* port = calloc(1, sizeof(DatagramPort));
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(number), .sin_addr.s_addr = htonl(LISTEN)
  };
  int file = port ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
  if ((file < 0) || bind(file, (struct sockaddr*)&address, sizeof(address))) {
    if (file >= 0)
      close(file);
    free(port);
    return NULL;
  }
  port->socket.state = SOCKET_OPEN;
  port->socket.file = file;
  socketAdd(&port->socket);
  return port;
}

void datagramClose(DatagramPort* port)
{
  socketClose(&port->socket);
}

/* recvmsg alone says in lwIP, as in Linux, that a datagram was longer than the buffer. */
long datagramReceive(DatagramPort* port, void* bytes, uint32_t length)
{
  struct iovec part = { .iov_base = bytes, .iov_len = length };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  ssize_t count = recvmsg(port->socket.file, &message, MSG_DONTWAIT);
  port->socket.wanted = POLLIN;
  return (count > 0) && !(message.msg_flags & MSG_TRUNC) ? count : 0;
}
