#ifndef LWIP_TCPIP_H
#define LWIP_TCPIP_H

#include "lwip/ip_addr.h"

typedef void (*tcpip_callback_fn)(void* argument);
/* Waits while lwIP's task has no room for one more; the other one does not. */
err_t tcpip_callback(tcpip_callback_fn function, void* argument);
err_t tcpip_try_callback(tcpip_callback_fn function, void* argument);

#endif
