/* Addresses that stand in the place of a host's name. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

/* The bytes of an IPv4 or IPv6 address, most significant first: returns how many, 4 or 16, or 0 for
 * a name. IPv6 is without brackets. */
size_t addressOf(const char* host, uint8_t bytes[16]);

#endif
