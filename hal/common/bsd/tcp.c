/* TCP client sockets that never block. */
#define _GNU_SOURCE
#include "../natives/board.h"
#include "bsd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define SOCKETS_MAX 16

/* All that are open, for socketWait. */
static Socket* sockets;

static void fail(Socket* socket, const char* kind)
{
  socket->state = SOCKET_FAILED;
  socket->kind = kind;
}

/* A descriptor that does not block, and that a program which this one becomes does not inherit; -1:
 * none is left. */
static int openFile(int family)
{
  int file = socket(family, SOCK_STREAM, 0);
  if (file < 0)
    return -1;
  fcntl(file, F_SETFD, FD_CLOEXEC);
  if (fcntl(file, F_SETFL, fcntl(file, F_GETFL, 0) | O_NONBLOCK) < 0) {
    close(file);
    return -1;
  }
  return file;
}

/* Tries `address` and those behind it until one does not fail at once. */
static void tryAddresses(Socket* self)
{
  for (; self->address < self->addressCount; self->address++) {
    const Address* address = &self->addresses[self->address];
    if (self->file >= 0)
      close(self->file);
    self->until = boardNow() + CONNECT_MS;
    self->file = openFile(address->address.ss_family);
    if ((self->file >= 0)
        && (!connect(self->file, (const struct sockaddr*)&address->address, address->length)
            || (errno == EINPROGRESS)))
      return;
  }
  fail(self, "refused");
}

/* Begins to connect once the addresses are known. */
static void resolve(Socket* self)
{
  int count = lookupResult(self->lookup, self->addresses);
  if (!count)
    return;
  lookupClose(self->lookup);
  self->lookup = NULL;
  if (count < 0) {
    fail(self, "resolve");
    return;
  }
  self->state = SOCKET_CONNECTING;
  self->addressCount = count;
  tryAddresses(self);
}

/* True once connected. */
static int isConnected(Socket* socket)
{
  struct pollfd poller;
  int error = 0;
  socklen_t length = sizeof(error);
  if (socket->state == SOCKET_RESOLVING)
    resolve(socket);
  if (socket->state != SOCKET_CONNECTING)
    return socket->state == SOCKET_OPEN;
  poller = (struct pollfd){ .fd = socket->file, .events = POLLOUT };
  if (poll(&poller, 1, 0) < 1) {
    if ((boardNow() >= socket->until) && (socket->address + 1 < socket->addressCount)) {
      socket->address++;
      tryAddresses(socket);
    }
    return 0;
  }
  if (getsockopt(socket->file, SOL_SOCKET, SO_ERROR, &error, &length))
    error = errno;
  if (!error) {
    socket->state = SOCKET_OPEN;
    return 1;
  }
  socket->address++;
  tryAddresses(socket);
  return 0;
}

Socket* socketOpen(const char* host, uint16_t port, const char** kind)
{
  Socket* socket = calloc(1, sizeof(Socket));
  *kind = "resolve";
  if (socket)
    socket->lookup = lookupOpen(host, port);
  if (!socket || !socket->lookup) {
    free(socket);
    return NULL;
  }
  socket->file = -1;
  socket->wanted = POLLOUT;
  resolve(socket);
  if ((socket->state == SOCKET_FAILED) && !socket->addressCount) {
    free(socket);
    return NULL;
  }
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
  if (socket->lookup)
    lookupClose(socket->lookup);
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

const char* socketKind(const Socket* socket)
{
  return socket->kind;
}

void socketWait(uint32_t timeoutMs)
{
  struct pollfd pollers[SOCKETS_MAX];
  nfds_t count = 0;
  for (Socket* socket = sockets; socket && (count < SOCKETS_MAX); socket = socket->next) {
    if ((socket->file < 0) || (socket->state == SOCKET_FAILED) || !socket->wanted)
      continue;
    pollers[count++] = (struct pollfd){ .fd = socket->file, .events = socket->wanted };
    socket->wanted = 0;
  }
  poll(pollers, count, (int)timeoutMs);
}
