/* The UDP port of the board, over lwIP. One datagram waits to be taken; what comes meanwhile is
 * lost. */
#include "net.h"
#include <lwip/udp.h>

static struct udp_pcb* port;
static struct pbuf* waiting;

static void onDatagram(
    void* argument, struct udp_pcb* pcb, struct pbuf* bytes, const ip_addr_t* address, u16_t from)
{
  (void)argument, (void)pcb, (void)address, (void)from;
  if (waiting)
    pbuf_free(bytes);
  else
    waiting = bytes;
  socketWake();
}

const char* datagramOpen(uint16_t number)
{
  if (port)
    return "the port is open";
  port = udp_new();
  if (!port || (udp_bind(port, IP_ADDR_ANY, number) != ERR_OK))
    return "the port cannot be had";
  udp_recv(port, onDatagram, NULL);
  return NULL;
}

long datagramReceive(void* bytes, uint32_t length)
{
  long count = 0;
  netPoll();
  if (!waiting)
    return 0;
  if (waiting->tot_len <= length)
    count = pbuf_copy_partial(waiting, bytes, waiting->tot_len, 0);
  pbuf_free(waiting);
  waiting = NULL;
  return count;
}
