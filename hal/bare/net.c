/* The network interface: ethernet.h below, lwIP above. Received frames are not copied: the device
   writes into pbufs of lwIP's pool. */
#include "net.h"
#include "board.h"
#include "ethernet.h"
#include "machine.h"
#include <lwip/dhcp.h>
#include <lwip/dns.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/memp.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/stats.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

static int isThere; /* the device */
static uint8_t hardwareAddress[6];
static struct pbuf* offered[ETHERNET_BUFFERS]; /* what the device may write to */
static struct netif interface;

uint32_t netRandom(void)
{
  uint32_t value = 0;
  if (!boardRandom(&value, sizeof(value)))
    value = (uint32_t)machineMs() * 2654435761u;
  return value;
}

u32_t sys_now(void)
{
  return (u32_t)machineMs();
}

/* Gives the device as many pbufs as it can hold, and the pool has. */
static void refill(void)
{
  for (int i = 0; i < ETHERNET_BUFFERS; i++) {
    if (offered[i])
      continue;
    offered[i] = pbuf_alloc(PBUF_RAW, PBUF_POOL_BUFSIZE, PBUF_POOL);
    if (!offered[i])
      return;
    if (!ethernetOffer(offered[i]->payload)) {
      pbuf_free(offered[i]);
      offered[i] = NULL;
      return;
    }
  }
}

static struct pbuf* takeOffered(const uint8_t* buffer)
{
  for (int i = 0; i < ETHERNET_BUFFERS; i++)
    if (offered[i] && (offered[i]->payload == buffer)) {
      struct pbuf* taken = offered[i];
      offered[i] = NULL;
      return taken;
    }
  return NULL;
}

static void takeFrames(void)
{
  uint32_t from, length;
  uint8_t* buffer;
  while ((buffer = ethernetTake(&from, &length))) {
    struct pbuf* frame = takeOffered(buffer);
    if (!frame)
      continue;
    if (!length) {
      pbuf_free(frame);
      continue;
    }
    pbuf_realloc(frame, (u16_t)(from + length));
    pbuf_remove_header(frame, from);
    if (interface.input(frame, &interface) != ERR_OK)
      pbuf_free(frame);
  }
}

static err_t sendFrame(struct netif* self, struct pbuf* frame)
{
  uint8_t* room = frame->tot_len <= ETHERNET_FRAME_MAX ? ethernetRoom() : NULL;
  (void)self;
  if (!room)
    return ERR_MEM;
  pbuf_copy_partial(frame, room, frame->tot_len, 0);
  ethernetSend(frame->tot_len);
  return ERR_OK;
}

/* Segments for which the device had no frame free: it takes them when the host has the time. */
static void sendWaiting(void)
{
  for (struct tcp_pcb* pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
    if (pcb->unsent)
      tcp_output(pcb);
}

/* lwIP sends nothing without a link, and asks for its address again when it is back. */
static void watchLink(void)
{
  int isLinked = ethernetIsLinked();
  if (isLinked == (netif_is_link_up(&interface) != 0))
    return;
  boardLog(isLinked ? 'I' : 'W', "net", isLinked ? "the link is up" : "the link is down");
  if (isLinked)
    netif_set_link_up(&interface);
  else
    netif_set_link_down(&interface);
}

static err_t setUp(struct netif* self)
{
  for (uint32_t i = 0; i < sizeof(self->hwaddr); i++)
    self->hwaddr[i] = hardwareAddress[i];
  self->hwaddr_len = sizeof(self->hwaddr);
  self->mtu = 1500;
  self->name[0] = 'e';
  self->name[1] = 'n';
  self->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  self->output = etharp_output;
  self->linkoutput = sendFrame;
  return ERR_OK;
}

const char* netStart(const char* address, const char* mask, const char* gateway, const char* server)
{
  ip4_addr_t own = { 0 }, net = { 0 }, way = { 0 };
  ip_addr_t names;
  if (*address
      && (!ip4addr_aton(address, &own) || !ip4addr_aton(mask, &net)
          || !ip4addr_aton(gateway, &way)))
    return "network: malformed address";
  isThere = ethernetStart(hardwareAddress);
  if (!isThere)
    return "no network device";
  lwip_init();
  netif_add(&interface, &own, &net, &way, NULL, setUp, ethernet_input);
  netif_set_default(&interface);
  netif_set_up(&interface);
  refill();
  if (!*address)
    return dhcp_start(&interface) == ERR_OK ? NULL : "DHCP cannot start";
  if (*server) {
    if (!ipaddr_aton(server, &names))
      return "network: malformed address of a name server";
    dns_setserver(0, &names);
  }
  return NULL;
}

NetMemory netMemory(void)
{
  NetMemory most = { lwip_stats.mem.max, 0 };
  /* Without a device lwIP was never started, and has no pools. */
  for (int i = 0; isThere && (i < MEMP_MAX); i++)
    most.pools += (uint32_t)lwip_stats.memp[i]->max * memp_pools[i]->size;
  return most;
}

int netIsLinked(void)
{
  return isThere && netif_is_link_up(&interface);
}

int netIsUp(void)
{
  return isThere && !ip4_addr_isany(netif_ip4_addr(&interface));
}

void netPoll(void)
{
  if (!isThere)
    return;
  watchLink();
  takeFrames();
  sys_check_timeouts();
  sendWaiting();
  refill();
}
