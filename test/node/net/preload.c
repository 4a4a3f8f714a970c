/* Preloaded into a program: host "two.test" has two addresses, the first of which is silent, and
 * name servers are at the port that NAME_SERVER_PORT says, since nobody but root has port 53. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "two.test"
#define SILENT "127.0.0.2"
#define GOOD "127.0.0.1"
#define NAME_PORT 53

typedef int (*Look)(const char*, const char*, const struct addrinfo*, struct addrinfo**);
typedef int (*Connect)(int, const struct sockaddr*, socklen_t);
typedef ssize_t (*SendTo)(int, const void*, size_t, int, const struct sockaddr*, socklen_t);

int getaddrinfo(
    const char* node, const char* service, const struct addrinfo* hints, struct addrinfo** result)
{
  Look look = (Look)dlsym(RTLD_NEXT, "getaddrinfo");
  struct addrinfo *silent, *good, *last;
  int error;
  if (!node || strcmp(node, HOST))
    return look(node, service, hints, result);
  if ((error = look(SILENT, service, hints, &silent)))
    return error;
  if ((error = look(GOOD, service, hints, &good)))
    return error;
  for (last = silent; last->ai_next; last = last->ai_next)
    ;
  last->ai_next = good;
  *result = silent;
  return 0;
}

/* A listener whose queue is full: Linux drops what would begin another connection. */
static const struct sockaddr_in* silence(Connect to)
{
  static struct sockaddr_in address;
  socklen_t length = sizeof(address);
  int listener, filler;
  if (address.sin_port)
    return &address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr*)&address, length) || listen(listener, 0)
      || getsockname(listener, (struct sockaddr*)&address, &length)
      || to(filler, (struct sockaddr*)&address, length))
    abort();
  return &address;
}

int connect(int file, const struct sockaddr* address, socklen_t length)
{
  Connect to = (Connect)dlsym(RTLD_NEXT, "connect");
  const struct sockaddr_in* wanted = (const struct sockaddr_in*)address;
  if ((address->sa_family == AF_INET) && (wanted->sin_addr.s_addr == inet_addr(SILENT)))
    return to(file, (const struct sockaddr*)silence(to), sizeof(struct sockaddr_in));
  return to(file, address, length);
}

ssize_t sendto(int file, const void* bytes, size_t count, int flags, const struct sockaddr* to,
    socklen_t length)
{
  SendTo send = (SendTo)dlsym(RTLD_NEXT, "sendto");
  const char* port = getenv("NAME_SERVER_PORT");
  struct sockaddr_in moved;
  if (!port || !to || (to->sa_family != AF_INET)
      || (((const struct sockaddr_in*)to)->sin_port != htons(NAME_PORT)))
    return send(file, bytes, count, flags, to, length);
  memcpy(&moved, to, sizeof(moved));
  moved.sin_port = htons((uint16_t)atoi(port));
  return send(file, bytes, count, flags, (const struct sockaddr*)&moved, sizeof(moved));
}
