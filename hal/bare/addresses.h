/* The addresses of a name. lwIP takes the first of an answer and drops the rest; they are read out
 * of the message that it has just accepted, by whoever it tells the first. */
#ifndef BARE_ADDRESSES_H
#define BARE_ADDRESSES_H

#include "../common/net/socket.h"
#include <lwip/ip_addr.h>

/* While lwIP tells that `first` is an address of a name: how many there are, that one included. */
int addressesTold(const ip_addr_t* first, ip_addr_t addresses[ADDRESSES_MAX]);

#endif
