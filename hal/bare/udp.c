/* The UDP port of the board, over lwIP: there is one. One datagram waits to be taken; what comes
 * meanwhile is lost. */
#include "../common/net/socket.h"
#include "net.h"
#include <lwip/udp.h>

struct DatagramPort {
  struct udp_pcb* pcb; /* NULL: closed */
  struct pbuf* waiting;
};

static DatagramPort only;

static void onDatagram(
    void* argument, struct udp_pcb* pcb, struct pbuf* bytes, const ip_addr_t* address, u16_t from)
{
  DatagramPort* port = argument;
  (void)pcb, (void)address, (void)from;
  if (port->waiting)
    pbuf_free(bytes);
  else
    port->waiting = bytes;
  netWake();
}

DatagramPort* datagramOpen(uint16_t number)
{
  if (only.pcb || !(only.pcb = udp_new()))
    return NULL;
  if (udp_bind(only.pcb, IP_ADDR_ANY, number) != ERR_OK) {
    datagramClose(&only);
    return NULL;
  }
  udp_recv(only.pcb, onDatagram, &only);
  return &only;
}

void datagramClose(DatagramPort* port)
{
  udp_remove(port->pcb);
  if (port->waiting)
    pbuf_free(port->waiting);
  *port = (DatagramPort){ 0 };
}

long datagramReceive(DatagramPort* port, void* bytes, uint32_t length)
{
  struct pbuf* waiting;
  long count = 0;
  netPoll();
  waiting = port->waiting;
  if (!waiting)
    return 0;
  if (waiting->tot_len <= length)
    count = pbuf_copy_partial(waiting, bytes, waiting->tot_len, 0);
  pbuf_free(waiting);
  port->waiting = NULL;
  return count;
}
