#ifndef LWIP_IP_ADDR_H
#define LWIP_IP_ADDR_H

#include <stdint.h>

typedef int8_t err_t;
#define ERR_OK 0
#define ERR_INPROGRESS -5
#define LWIP_IPV6 1

typedef struct {
  uint32_t addr;
} ip4_addr_t;
typedef struct {
  uint32_t addr[4];
} ip6_addr_t;
typedef struct {
  union {
    ip6_addr_t ip6;
    ip4_addr_t ip4;
  } u_addr;
  uint8_t type;
} ip_addr_t;

#define ip_addr_isany_val(address)                                                                 \
  (!((address).u_addr.ip6.addr[0] | (address).u_addr.ip6.addr[1] | (address).u_addr.ip6.addr[2]    \
      | (address).u_addr.ip6.addr[3]))
#define IP_IS_V6(address) ((address)->type == 6)
#define ip_2_ip4(address) (&(address)->u_addr.ip4)
#define ip_2_ip6(address) (&(address)->u_addr.ip6)

#endif
