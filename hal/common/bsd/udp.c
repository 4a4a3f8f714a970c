/* A UDP port that never blocks. */
#define _GNU_SOURCE
#include "socket.h"
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

Socket* datagramOpen(uint16_t port)
{
  Socket* self = calloc(1, sizeof(Socket));
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(LISTEN)
  };
  if (!self)
    return NULL;
  self->state = SOCKET_OPEN;
  self->file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if ((self->file < 0) || bind(self->file, (struct sockaddr*)&address, sizeof(address))) {
    if (self->file >= 0)
      close(self->file);
    free(self);
    return NULL;
  }
  socketAdd(self);
  return self;
}

/* recvmsg alone says in lwIP, as in Linux, that a datagram was longer than the buffer. */
long datagramReceive(Socket* socket, void* bytes, uint32_t length)
{
  struct iovec part = { .iov_base = bytes, .iov_len = length };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  ssize_t count = recvmsg(socket->file, &message, MSG_DONTWAIT);
  socket->wanted = POLLIN;
  return (count > 0) && !(message.msg_flags & MSG_TRUNC) ? count : 0;
}
