/* Lookups by lwIP's own resolver, which works in lwIP's task while the client goes on: lwIP's
 * getaddrinfo would stop the client's task for as long as name servers do not answer. */
#include "../common/bsd/lookup.h"
#include <lwip/dns.h>
#include <lwip/tcpip.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES_MAX 256

/* Two tasks know a lookup. Whichever comes second frees it: lwIP's when the answer is there, the
 * client's when it does not want it any more. */
enum { PENDING, ANSWERED, GIVEN_UP };

struct Lookup {
  atomic_int state;
  uint16_t port;
  int found;
  ip_addr_t address;
  char name[NAME_BYTES_MAX];
};

/* In lwIP's task. */
static void answer(Lookup* self, const ip_addr_t* address)
{
  self->found = address != NULL;
  if (address)
    self->address = *address;
  if (atomic_exchange(&self->state, ANSWERED) == GIVEN_UP)
    free(self);
}

static void onFound(const char* name, const ip_addr_t* address, void* lookup)
{
  (void)name;
  answer(lookup, address);
}

/* In lwIP's task: from the cache, from digits, or from a name server later. */
static void ask(void* lookup)
{
  Lookup* self = lookup;
  ip_addr_t address;
  err_t result = dns_gethostbyname(self->name, &address, onFound, self);
  if (result != ERR_INPROGRESS)
    answer(self, result == ERR_OK ? &address : NULL);
}

Lookup* lookupOpen(const char* host, uint16_t port)
{
  size_t length = strlen(host);
  Lookup* self = length < NAME_BYTES_MAX ? calloc(1, sizeof(Lookup)) : NULL;
  if (!self)
    return NULL;
  self->port = port;
  memcpy(self->name, host, length);
  if (tcpip_try_callback(ask, self) == ERR_OK)
    return self;
  free(self);
  return NULL;
}

static int fill(const Lookup* self, Address* to)
{
  memset(to, 0, sizeof(*to));
#if LWIP_IPV6
  if (IP_IS_V6(&self->address)) {
    struct sockaddr_in6* address = (struct sockaddr_in6*)&to->address;
    to->length = address->sin6_len = sizeof(*address);
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(self->port);
    inet6_addr_from_ip6addr(&address->sin6_addr, ip_2_ip6(&self->address));
    return 1;
  }
#endif
  struct sockaddr_in* address = (struct sockaddr_in*)&to->address;
  to->length = address->sin_len = sizeof(*address);
  address->sin_family = AF_INET;
  address->sin_port = htons(self->port);
  inet_addr_from_ip4addr(&address->sin_addr, ip_2_ip4(&self->address));
  return 1;
}

int lookupResult(Lookup* lookup, Address addresses[LOOKUP_ADDRESSES_MAX])
{
  if (atomic_load(&lookup->state) != ANSWERED)
    return 0;
  return lookup->found ? fill(lookup, &addresses[0]) : -1;
}

void lookupClose(Lookup* lookup)
{
  if (atomic_exchange(&lookup->state, GIVEN_UP) == ANSWERED)
    free(lookup);
}
