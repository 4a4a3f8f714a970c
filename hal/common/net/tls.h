/* TLS for a board that has TCP sockets, by Mbed TLS. The server's certificate must name the host
   and come from an authority that the board trusts; where the board has a calendar, it must be
   valid today. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "socket.h"

typedef struct Tls Tls;

/* Two, so that one authority can follow the other: a fleet trusts both while servers change. */
#define TLS_AUTHORITIES_MAX 2

/* Trusts one more authority, before the first connection. Its certificate, DER, has to stay where
 * it is. Returns NULL, or why it is not trusted; then those before it still are. */
const char* tlsTrust(const uint8_t* certificate, uint32_t length);
/* Begins; the socket, which leads to this host and port, stays the caller's. NULL: no memory.
   Without an authority it fails with the first read or write: `secure`. The session of the last
   connection is resumed, as long as the program runs, if that was to the same host and port. */
Tls* tlsOpen(Socket* socket, const char* host, uint16_t port);
/* Says good-bye to the peer, if it still can; then close the socket. */
void tlsClose(Tls* tls);
/* As socketRead and socketWrite; -2: failed, see tlsKind. */
long tlsRead(Tls* tls, void* bytes, uint32_t length);
long tlsWrite(Tls* tls, const void* bytes, uint32_t length);
const char* tlsKind(const Tls* tls);

#endif
