/* Connections, with TLS 1.2 or without: the functions of net.h for either. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "net.h"

typedef struct Connection Connection;

/* Trusts the authorities in the factory sector, once: before it no server is trusted. Returns NULL,
 * or what is wrong with one of them. */
const char* connectionTrust(void);
/* NULL: no room for another. */
Connection* connectionOpen(const char* host, uint16_t port, int isSecure);
void connectionClose(Connection* connection);
long connectionRead(Connection* connection, void* bytes, uint32_t length);
long connectionWrite(Connection* connection, const void* bytes, uint32_t length);
const char* connectionKind(const Connection* connection);

#endif
