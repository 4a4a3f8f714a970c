/* Sockets that never block, for the natives of ../natives and for TLS: TCP clients, and UDP ports.
 * ../bsd has them over the calls of BSD, hal/bare over lwIP's raw interface. */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include <stdint.h>

/* How many addresses of a host are tried, in the order in which its name server gives them, and how
 * long each may be silent when there is another. */
#define ADDRESSES_MAX 4
#define CONNECT_MS 4000

typedef struct Socket Socket;

/* Begins to look up the host, and to connect to the first of its addresses that answers. NULL, and
 * a kind of LinkError, when that is known to be in vain. */
Socket* socketOpen(const char* host, uint16_t port, const char** kind);
void socketClose(Socket* socket);
/* How many bytes; 0: none now; -1: the peer has closed (read only); -2: failed, see socketKind. */
long socketRead(Socket* socket, void* bytes, uint32_t length);
long socketWrite(Socket* socket, const void* bytes, uint32_t length);
/* Kind of the LinkError that it has failed with, or NULL. */
const char* socketKind(const Socket* socket);

typedef struct DatagramPort DatagramPort;

/* Listens to a UDP port; on a computer to that of the loopback interface. NULL: it cannot be had.
 */
DatagramPort* datagramOpen(uint16_t number);
void datagramClose(DatagramPort* port);
/* Takes one datagram: its bytes; 0: none, or one that is empty or longer than `length`. */
long datagramReceive(DatagramPort* port, void* bytes, uint32_t length);

#endif
