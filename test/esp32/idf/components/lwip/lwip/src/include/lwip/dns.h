#ifndef LWIP_DNS_H
#define LWIP_DNS_H

#include "lwip/ip_addr.h"

typedef void (*dns_found_callback)(const char* name, const ip_addr_t* address, void* argument);
err_t dns_gethostbyname(
    const char* name, ip_addr_t* address, dns_found_callback found, void* argument);

#endif
