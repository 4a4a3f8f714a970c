/* The Ethernet of a chip, polled. Received frames lie in buffers that the network has given, so
 * what a program has not read yet keeps the device, and the peer, from sending more. */
#ifndef ETHERNET_H
#define ETHERNET_H

#include <stdint.h>

#define ETHERNET_FRAME_MAX 1514
/* A buffer for a received frame, and what its driver puts around it; a multiple of 4. */
#define ETHERNET_BUFFER_BYTES 1536
/* Buffers that a driver holds at most. */
#define ETHERNET_BUFFERS 8

/* Switches the device on, and gives its address. 0: there is no device. */
int ethernetStart(uint8_t address[6]);
/* True while there is a cable in it. */
int ethernetIsLinked(void);
/* Takes a buffer for a frame to come. 0: it has as many as it can hold. */
int ethernetOffer(uint8_t* buffer);
/* The next buffer that it is done with, or NULL. The frame has `length` bytes from buffer[*from]
 * on, 2 bytes past a multiple of 4, so that what follows Ethernet's header is aligned; 0: none came
 * whole. */
uint8_t* ethernetTake(uint32_t* from, uint32_t* length);
/* Where to put the next frame that is sent; NULL: there is no room now. */
uint8_t* ethernetRoom(void);
/* Sends so many bytes of it. */
void ethernetSend(uint32_t length);

#endif
