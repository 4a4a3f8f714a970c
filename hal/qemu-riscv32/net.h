/* The network: one Ethernet interface, polled, and TCP client sockets over it. */
#ifndef NET_H
#define NET_H

#include <stdint.h>

/* Brings the interface up with fixed addresses (dotted), or with DHCP when `address` is empty.
 * NULL, or what is wrong. */
const char* netStart(
    const char* address, const char* mask, const char* gateway, const char* server);
/* True while there is a device, with a cable in it. */
int netIsLinked(void);
/* True once there is an address. */
int netIsUp(void);
/* Takes in what has arrived and does what is due; says when the cable goes or comes. */
void netPoll(void);

/* The most that lwIP has taken of its heap and of its pools, in bytes. */
typedef struct {
  uint32_t heap, pools;
} NetMemory;
NetMemory netMemory(void);

typedef enum { SOCKET_RESOLVING, SOCKET_CONNECTING, SOCKET_OPEN, SOCKET_FAILED } SocketState;

typedef struct Socket Socket;

/* Begins to connect. NULL: too many sockets. A host without an address fails later, with kind
   `resolve`; without a link every connection fails at once, with kind `broken`. */
Socket* socketOpen(const char* host, uint16_t port);
void socketClose(Socket* socket);
/* How many bytes; 0: none now; -1: the peer has closed (read only); -2: failed, see socketKind. */
long socketRead(Socket* socket, void* bytes, uint32_t length);
long socketWrite(Socket* socket, const void* bytes, uint32_t length);
/* Kind of the LinkError that it has failed with. */
const char* socketKind(const Socket* socket);
/* Has the UDP port listened to; there is one. NULL, or what is wrong. */
const char* datagramOpen(uint16_t port);
/* Takes one datagram: its bytes; 0: none, or one that is empty or longer than `length`. */
long datagramReceive(void* bytes, uint32_t length);
/* Something has happened that a program may wait for. */
void socketWake(void);
/* Waits until something happens to a socket, or the time is over. */
void socketWait(uint32_t timeoutMs);

#endif
