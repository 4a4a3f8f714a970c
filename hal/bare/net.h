/* The network: lwIP over one Ethernet interface, polled. tcp.c and udp.c have its sockets. */
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

/* Something has happened that a program may wait for. */
void netWake(void);

#endif
