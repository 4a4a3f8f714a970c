/* ESP-IDF's own folder of lwIP, which must come before lwIP's: the names of POSIX are functions
 * here. */
#ifndef IDF_LWIP_SOCKETS_H
#define IDF_LWIP_SOCKETS_H

#include_next "lwip/sockets.h"

static inline int socket(int domain, int type, int protocol)
{
  return lwip_socket(domain, type, protocol);
}
static inline int bind(int s, const struct sockaddr* name, socklen_t length)
{
  return lwip_bind(s, name, length);
}
static inline int connect(int s, const struct sockaddr* name, socklen_t length)
{
  return lwip_connect(s, name, length);
}
static inline int getsockopt(int s, int level, int name, void* value, socklen_t* length)
{
  return lwip_getsockopt(s, level, name, value, length);
}
static inline ssize_t recv(int s, void* bytes, size_t length, int flags)
{
  return lwip_recv(s, bytes, length, flags);
}
static inline ssize_t recvmsg(int s, struct msghdr* message, int flags)
{
  return lwip_recvmsg(s, message, flags);
}
static inline ssize_t send(int s, const void* bytes, size_t length, int flags)
{
  return lwip_send(s, bytes, length, flags);
}

#endif
