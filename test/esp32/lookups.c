/* hal/esp32/lookup.c with a lwIP that answers as it is told. Prints what lookups come to. */
#include "../../hal/common/bsd/lookup.h"
#include <lwip/dns.h>
#include <lwip/tcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOUR "four"
#define NOBODY "nobody"
#define AT_ONCE "at once"

static dns_found_callback waiting;
static void* argument;

err_t tcpip_try_callback(tcpip_callback_fn function, void* value)
{
  function(value);
  return ERR_OK;
}

static void tell(ip_addr_t* addresses, int count)
{
  memset(addresses, 0, DNS_MAX_HOST_IP * sizeof(ip_addr_t));
  for (int i = 0; i < count; i++)
    addresses[i].u_addr.ip4.addr = htonl(0x0a000001u + (uint32_t)i);
}

err_t dns_gethostbyname(
    const char* name, ip_addr_t* addresses, dns_found_callback found, void* value)
{
  if (!strcmp(name, AT_ONCE)) {
    tell(addresses, 1);
    return ERR_OK;
  }
  waiting = found;
  argument = value;
  return ERR_INPROGRESS;
}

static void answer(const char* name, int count)
{
  ip_addr_t addresses[DNS_MAX_HOST_IP];
  tell(addresses, count);
  waiting(name, count ? addresses : NULL, argument);
}

static void print(const char* name, uint16_t port, int count)
{
  Address addresses[ADDRESSES_MAX];
  Lookup* lookup = lookupOpen(name, port);
  int before = lookupResult(lookup, addresses), found;
  if (count >= 0) {
    if (before)
      abort();
    answer(name, count);
  }
  found = lookupResult(lookup, addresses);
  printf("%s:", name);
  for (int i = 0; i < found; i++) {
    const struct sockaddr_in* each = (const struct sockaddr_in*)&addresses[i].address;
    const uint8_t* digits = (const uint8_t*)&each->sin_addr;
    if ((each->sin_family != AF_INET) || (addresses[i].length != sizeof(*each)))
      abort();
    printf(" %u.%u.%u.%u:%u", digits[0], digits[1], digits[2], digits[3], htons(each->sin_port));
  }
  printf("\n");
  lookupClose(lookup);
}

int main(void)
{
  print("later", 443, 2);
  print(AT_ONCE, 80, -1);
  print(FOUR, 80, 4);
  print(NOBODY, 80, 0);
  lookupClose(lookupOpen("given up", 80));
  answer("given up", 1);
  printf("given up:\n");
  return 0;
}
