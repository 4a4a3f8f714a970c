/* Stands in for lwIP's header where C is compiled for rv32 and not linked. */
#ifndef FAKE_NETDB_H
#define FAKE_NETDB_H

struct addrinfo;

#endif
