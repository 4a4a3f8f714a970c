#ifndef LWIP_DNS_H
#define LWIP_DNS_H

#include "lwip/ip_addr.h"

/* CONFIG_LWIP_DNS_MAX_HOST_IP: so many addresses are at either pointer, the last ones blank. */
#define DNS_MAX_HOST_IP 4

typedef void (*dns_found_callback)(const char* name, const ip_addr_t* addresses, void* argument);
err_t dns_gethostbyname(
    const char* name, ip_addr_t* addresses, dns_found_callback found, void* argument);

#endif
