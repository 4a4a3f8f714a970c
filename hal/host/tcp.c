/* TCP client sockets that never block. Name resolution does: a process can afford it, and the
 * watchdog sees to it. */
#define _GNU_SOURCE
#include "socket.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETS_MAX 16

/* All that are open, for socketWait. */
static Socket* sockets;

static void fail(Socket* socket, const char* kind)
{
  socket->state = SOCKET_FAILED;
  socket->kind = kind;
}

/* Tries `address` and those behind it until one does not fail at once. */
static void tryAddresses(Socket* self)
{
  for (; self->address; self->address = self->address->ai_next) {
    struct addrinfo* address = self->address;
    if (self->file >= 0)
      close(self->file);
    self->file = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if ((self->file >= 0)
        && (!connect(self->file, address->ai_addr, address->ai_addrlen) || (errno == EINPROGRESS)))
      return;
  }
  fail(self, "refused");
}

/* True once connected. */
static int isConnected(Socket* socket)
{
  struct pollfd poller = { .fd = socket->file, .events = POLLOUT };
  int error = 0;
  socklen_t length = sizeof(error);
  if (socket->state != SOCKET_CONNECTING)
    return socket->state == SOCKET_OPEN;
  if (poll(&poller, 1, 0) < 1)
    return 0;
  if (getsockopt(socket->file, SOL_SOCKET, SO_ERROR, &error, &length))
    error = errno;
  if (!error) {
    socket->state = SOCKET_OPEN;
    return 1;
  }
  socket->address = socket->address->ai_next;
  tryAddresses(socket);
  return 0;
}

Socket* socketOpen(const char* host, uint16_t port, const char** kind)
{
  struct addrinfo hints = {
    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV
  };
  Socket* socket = calloc(1, sizeof(Socket));
  char service[8];
  snprintf(service, sizeof(service), "%u", port);
  *kind = "resolve";
  if (!socket || getaddrinfo(host, service, &hints, &socket->addresses)) {
    free(socket);
    return NULL;
  }
  socket->file = -1;
  socket->address = socket->addresses;
  socket->wanted = POLLOUT;
  tryAddresses(socket);
  socketAdd(socket);
  return socket;
}

void socketAdd(Socket* socket)
{
  socket->next = sockets;
  sockets = socket;
}

void socketClose(Socket* socket)
{
  Socket** link = &sockets;
  while (*link && (*link != socket))
    link = &(*link)->next;
  if (*link)
    *link = socket->next;
  if (socket->file >= 0)
    close(socket->file);
  if (socket->addresses)
    freeaddrinfo(socket->addresses);
  free(socket);
}

/* After recv or send said no: 0 when it was only not now, else -2. */
static long refuse(Socket* socket, short wanted)
{
  if ((errno == EAGAIN) || (errno == EWOULDBLOCK) || (errno == EINTR)) {
    socket->wanted |= wanted;
    return 0;
  }
  fail(socket, "broken");
  return -2;
}

static int isReady(Socket* socket)
{
  if (isConnected(socket))
    return 1;
  socket->wanted = POLLOUT;
  return 0;
}

long socketRead(Socket* socket, void* bytes, uint32_t length)
{
  ssize_t count;
  if (!isReady(socket))
    return socket->state == SOCKET_FAILED ? -2 : 0;
  if (!length)
    return 0;
  count = recv(socket->file, bytes, length, 0);
  if (count < 0)
    return refuse(socket, POLLIN);
  return count ? count : -1;
}

long socketWrite(Socket* socket, const void* bytes, uint32_t length)
{
  ssize_t count;
  if (!isReady(socket))
    return socket->state == SOCKET_FAILED ? -2 : 0;
  if (!length)
    return 0;
  count = send(socket->file, bytes, length, MSG_NOSIGNAL);
  return count < 0 ? refuse(socket, POLLOUT) : count;
}

void socketWait(int timeoutMs)
{
  struct pollfd pollers[SOCKETS_MAX];
  nfds_t count = 0;
  for (Socket* socket = sockets; socket && (count < SOCKETS_MAX); socket = socket->next) {
    if ((socket->state == SOCKET_FAILED) || !socket->wanted)
      continue;
    pollers[count++] = (struct pollfd){ .fd = socket->file, .events = socket->wanted };
    socket->wanted = 0;
  }
  poll(pollers, count, timeoutMs);
}
