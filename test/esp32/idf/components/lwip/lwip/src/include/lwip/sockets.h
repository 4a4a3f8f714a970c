/* lwIP's own header: under ESP-IDF it declares no socket() and no poll(), but lwip_socket() and its
 * kin, and there is neither SOCK_NONBLOCK nor SOCK_CLOEXEC. */
#ifndef LWIP_SOCKETS_H
#define LWIP_SOCKETS_H

#include "lwip/ip_addr.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint8_t sa_family_t;
typedef uint16_t in_port_t;
typedef uint32_t in_addr_t;
typedef uint32_t socklen_t;

struct in_addr {
  in_addr_t s_addr;
};
struct in6_addr {
  uint32_t words[4];
};
struct sockaddr {
  uint8_t sa_len;
  sa_family_t sa_family;
  char sa_data[14];
};
struct sockaddr_in {
  uint8_t sin_len;
  sa_family_t sin_family;
  in_port_t sin_port;
  struct in_addr sin_addr;
  char sin_zero[8];
};
struct sockaddr_in6 {
  uint8_t sin6_len;
  sa_family_t sin6_family;
  in_port_t sin6_port;
  uint32_t sin6_flowinfo;
  struct in6_addr sin6_addr;
  uint32_t sin6_scope_id;
};
struct sockaddr_storage {
  uint8_t s2_len;
  sa_family_t ss_family;
  char s2_data1[2];
  uint32_t s2_data2[3];
  uint32_t s2_data3[3];
};
struct iovec {
  void* iov_base;
  size_t iov_len;
};
struct msghdr {
  void* msg_name;
  socklen_t msg_namelen;
  struct iovec* msg_iov;
  int msg_iovlen;
  void* msg_control;
  socklen_t msg_controllen;
  int msg_flags;
};

#define AF_UNSPEC 0
#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOL_SOCKET 0xfff
#define SO_ERROR 0x1007
#define MSG_TRUNC 0x04
#define MSG_DONTWAIT 0x08
#define MSG_NOSIGNAL 0x20
#define INADDR_ANY 0U
#define INADDR_LOOPBACK 0x7f000001U

/* The engine's platform under test has macros of its own. */
#undef htons
#undef htonl
#define htons(x) ((uint16_t)__builtin_bswap16(x))
#define htonl(x) ((uint32_t)__builtin_bswap32(x))
#define inet_addr_from_ip4addr(to, from) ((to)->s_addr = (from)->addr)
#define inet6_addr_from_ip6addr(to, from)                                                          \
  __builtin_memcpy((to)->words, (from)->addr, sizeof((to)->words))

int lwip_socket(int domain, int type, int protocol);
int lwip_bind(int s, const struct sockaddr* name, socklen_t length);
int lwip_connect(int s, const struct sockaddr* name, socklen_t length);
int lwip_getsockopt(int s, int level, int name, void* value, socklen_t* length);
ssize_t lwip_recv(int s, void* bytes, size_t length, int flags);
ssize_t lwip_recvmsg(int s, struct msghdr* message, int flags);
ssize_t lwip_send(int s, const void* bytes, size_t length, int flags);

#endif
