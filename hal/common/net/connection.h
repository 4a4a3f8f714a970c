/* Connections, with TLS 1.2 or without: the functions of socket.h for either. */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include <stdint.h>

typedef struct Connection Connection;

/* NULL, and a kind of LinkError, when that is known to be in vain. */
Connection* connectionOpen(const char* host, uint16_t port, int isSecure, const char** kind);
void connectionClose(Connection* connection);
long connectionRead(Connection* connection, void* bytes, uint32_t length);
long connectionWrite(Connection* connection, const void* bytes, uint32_t length);
const char* connectionKind(const Connection* connection);

#endif
