/* Lookups by lwIP's own resolver, which works in lwIP's task while the client goes on: lwIP's
 * getaddrinfo would stop the client's task for as long as name servers do not answer. */
#include "../common/bsd/lookup.h"
#include <lwip/dns.h>
#include <lwip/tcpip.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES_MAX 256
/* lwIP of ESP-IDF gives arrays of so many addresses, those behind the last of them blank
 * (CONFIG_LWIP_DNS_MAX_HOST_IP). Others give one. */
#ifndef DNS_MAX_HOST_IP
#define DNS_MAX_HOST_IP 1
#endif

/* Two tasks know a lookup. Whichever comes second frees it: lwIP's when the answer is there, the
 * client's when it does not want it any more. */
enum { PENDING, ANSWERED, GIVEN_UP };

struct Lookup {
  atomic_int state;
  uint16_t port;
  int found;
  ip_addr_t addresses[DNS_MAX_HOST_IP];
  char name[NAME_BYTES_MAX];
};

/* In lwIP's task. */
static void answer(Lookup* self, const ip_addr_t* addresses)
{
  self->found = addresses != NULL;
  if (addresses)
    memcpy(self->addresses, addresses, sizeof(self->addresses));
  if (atomic_exchange(&self->state, ANSWERED) == GIVEN_UP)
    free(self);
}

static void onFound(const char* name, const ip_addr_t* addresses, void* lookup)
{
  (void)name;
  answer(lookup, addresses);
}

/* In lwIP's task: from the cache, from digits, or from a name server later. */
static void ask(void* lookup)
{
  Lookup* self = lookup;
  ip_addr_t addresses[DNS_MAX_HOST_IP];
  err_t result;
  memset(addresses, 0, sizeof(addresses));
  result = dns_gethostbyname(self->name, addresses, onFound, self);
  if (result != ERR_INPROGRESS)
    answer(self, result == ERR_OK ? addresses : NULL);
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

static void fill(Address* to, const ip_addr_t* from, uint16_t port)
{
  memset(to, 0, sizeof(*to));
#if LWIP_IPV6
  if (IP_IS_V6(from)) {
    struct sockaddr_in6* address = (struct sockaddr_in6*)&to->address;
    to->length = address->sin6_len = sizeof(*address);
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(port);
    inet6_addr_from_ip6addr(&address->sin6_addr, ip_2_ip6(from));
    return;
  }
#endif
  struct sockaddr_in* address = (struct sockaddr_in*)&to->address;
  to->length = address->sin_len = sizeof(*address);
  address->sin_family = AF_INET;
  address->sin_port = htons(port);
  inet_addr_from_ip4addr(&address->sin_addr, ip_2_ip4(from));
}

int lookupResult(Lookup* lookup, Address addresses[ADDRESSES_MAX])
{
  int count = 0;
  if (atomic_load(&lookup->state) != ANSWERED)
    return 0;
  for (int i = 0; lookup->found && (i < DNS_MAX_HOST_IP) && (count < ADDRESSES_MAX); i++)
    if (!ip_addr_isany_val(lookup->addresses[i]))
      fill(&addresses[count++], &lookup->addresses[i], lookup->port);
  return count ? count : -1;
}

void lookupClose(Lookup* lookup)
{
  if (atomic_exchange(&lookup->state, GIVEN_UP) == ANSWERED)
    free(lookup);
}
