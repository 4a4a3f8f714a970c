/* A lookup that is done when it begins: a process can afford to wait, and the watchdog sees to it.
 */
#include "../common/bsd/lookup.h"
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Lookup {
  int count;
  Address addresses[ADDRESSES_MAX];
};

Lookup* lookupOpen(const char* host, uint16_t port)
{
  struct addrinfo hints = {
    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV
  };
  struct addrinfo* found = NULL;
  Lookup* self = calloc(1, sizeof(Lookup));
  char service[8];
  if (!self)
    return NULL;
  snprintf(service, sizeof(service), "%u", port);
  if (getaddrinfo(host, service, &hints, &found))
    return self;
  for (const struct addrinfo* each = found; each && (self->count < ADDRESSES_MAX);
       each = each->ai_next) {
    Address* address = &self->addresses[self->count++];
    memcpy(&address->address, each->ai_addr, each->ai_addrlen);
    address->length = each->ai_addrlen;
  }
  freeaddrinfo(found);
  return self;
}

int lookupResult(Lookup* lookup, Address addresses[ADDRESSES_MAX])
{
  memcpy(addresses, lookup->addresses, sizeof(lookup->addresses));
  return lookup->count ? lookup->count : -1;
}

void lookupClose(Lookup* lookup)
{
  free(lookup);
}
