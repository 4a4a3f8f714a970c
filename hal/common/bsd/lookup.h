/* Addresses of a name, for tcp.c. Linux waits for the answer (lookup.c), ESP-IDF does not
 * (hal/esp32/lookup.c). */
#ifndef HOST_LOOKUP_H
#define HOST_LOOKUP_H

#include "../net/socket.h"
#include <sys/socket.h>

typedef struct {
  struct sockaddr_storage address;
  socklen_t length;
} Address;

typedef struct Lookup Lookup;

/* Begins to look up; an address in digits counts as a name. NULL: no memory. */
Lookup* lookupOpen(const char* host, uint16_t port);
/* Returns how many addresses the name has, and copies them; 0: not known yet; -1: it has none. */
int lookupResult(Lookup* lookup, Address addresses[ADDRESSES_MAX]);
/* Gives the lookup up; an answer that comes later is dropped. */
void lookupClose(Lookup* lookup);

#endif
