/* The network interface: virtio-net below, lwIP above. Received frames are not copied: the device
   writes into pbufs of lwIP's pool, so what a program has not read yet keeps the device, and the
   peer, from sending more. */
#include "net.h"
#include "machine.h"
#include "virtio.h"
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
#include <string.h>

#define RECEIVE 0
#define SEND 1
#define FEATURE_MAC (1u << 5)
#define FEATURE_STATUS (1u << 16)
#define CONFIG_STATUS 6
#define STATUS_LINK_UP 1
/* Before each frame stands a header of virtio; two bytes more put what follows Ethernet's header on
 * a multiple of 4. */
#define HEADER 12
#define SHIFT 2
#define FRAME_MAX 1514
#define SENDING 4

static Virtio device;
static VirtioQueue receiving, sending;
static struct pbuf* waiting[VIRTIO_QUEUE]; /* what the device may write to */
static uint8_t frames[SENDING][(HEADER + FRAME_MAX + 3) & ~3] __attribute__((aligned(4)));
static uint8_t isBusy[SENDING];
static struct netif interface;

uint32_t netRandom(void)
{
  uint32_t value = 0;
  if (!randomFill(&value, sizeof(value)))
    value = clockCycles() * 2654435761u;
  return value;
}

u32_t sys_now(void)
{
  return (u32_t)clockMs();
}

/* Gives the device a pbuf for each place where it has none, as long as the pool lasts. */
static void refill(void)
{
  int offered = 0;
  for (uint16_t i = 0; i < VIRTIO_QUEUE; i++) {
    if (waiting[i] || !(waiting[i] = pbuf_alloc(PBUF_RAW, PBUF_POOL_BUFSIZE, PBUF_POOL)))
      continue;
    receiving.descriptors[i].address = (uint32_t)waiting[i]->payload + SHIFT;
    receiving.descriptors[i].length = HEADER + FRAME_MAX;
    receiving.descriptors[i].flags = VIRTIO_DEVICE_WRITES;
    virtioOffer(&receiving, i);
    offered = 1;
  }
  if (offered)
    virtioNotify(&device, RECEIVE);
}

static void takeFrames(void)
{
  uint32_t id, length;
  while (virtioTake(&receiving, &id, &length)) {
    struct pbuf* frame = waiting[id % VIRTIO_QUEUE];
    waiting[id % VIRTIO_QUEUE] = NULL;
    if (!frame)
      continue;
    if ((length <= HEADER) || (length > HEADER + FRAME_MAX)) {
      pbuf_free(frame);
      continue;
    }
    pbuf_realloc(frame, (u16_t)(SHIFT + length));
    pbuf_remove_header(frame, SHIFT + HEADER);
    if (interface.input(frame, &interface) != ERR_OK)
      pbuf_free(frame);
  }
}

static err_t sendFrame(struct netif* self, struct pbuf* frame)
{
  uint32_t id, length;
  uint16_t free = 0;
  (void)self;
  while (virtioTake(&sending, &id, &length))
    isBusy[id % SENDING] = 0;
  while ((free < SENDING) && isBusy[free])
    free++;
  if ((free == SENDING) || (frame->tot_len > FRAME_MAX))
    return ERR_MEM;
  memset(frames[free], 0, HEADER);
  pbuf_copy_partial(frame, frames[free] + HEADER, frame->tot_len, 0);
  sending.descriptors[free].address = (uint32_t)frames[free];
  sending.descriptors[free].length = HEADER + frame->tot_len;
  sending.descriptors[free].flags = 0;
  isBusy[free] = 1;
  virtioOffer(&sending, free);
  virtioNotify(&device, SEND);
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
  int isLinked = virtioConfig(&device, CONFIG_STATUS) & STATUS_LINK_UP;
  if (isLinked == (netif_is_link_up(&interface) != 0))
    return;
  consoleLog(isLinked ? 'I' : 'W', "net", isLinked ? "the link is up" : "the link is down");
  if (isLinked)
    netif_set_link_up(&interface);
  else
    netif_set_link_down(&interface);
}

static err_t setUp(struct netif* self)
{
  for (uint32_t i = 0; i < sizeof(self->hwaddr); i++)
    self->hwaddr[i] = virtioConfig(&device, i);
  self->hwaddr_len = sizeof(self->hwaddr);
  self->mtu = 1500;
  self->name[0] = 'v';
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
  if (!virtioOpen(&device, VIRTIO_NETWORK, FEATURE_MAC | FEATURE_STATUS))
    return "no network device";
  virtioQueue(&device, RECEIVE, &receiving);
  virtioQueue(&device, SEND, &sending);
  virtioStart(&device);
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
  for (int i = 0; device.registers && (i < MEMP_MAX); i++)
    most.pools += (uint32_t)lwip_stats.memp[i]->max * memp_pools[i]->size;
  return most;
}

int netIsLinked(void)
{
  return device.registers && netif_is_link_up(&interface);
}

int netIsUp(void)
{
  return device.registers && !ip4_addr_isany(netif_ip4_addr(&interface));
}

void netPoll(void)
{
  if (!device.registers)
    return;
  watchLink();
  takeFrames();
  sys_check_timeouts();
  sendWaiting();
  refill();
}
