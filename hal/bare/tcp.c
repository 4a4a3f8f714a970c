/* TCP client sockets over lwIP's raw interface. The window opens by what the program reads, not by
 * what arrives. */
#include "../common/net/socket.h"
#include "addresses.h"
#include "board.h"
#include "machine.h"
#include "net.h"
#include <lwip/dns.h>
#include <lwip/netif.h>
#include <lwip/tcp.h>
#include <string.h>

#define SOCKETS_MAX 2
#define HOST_BYTES_MAX 256
#define WAKE_US 1000 /* what a frame waits at most while the program sleeps */
/* For so many bytes a program that waits is woken at once; fewer wait for more so long: a call of
 * the program costs more than what a few frames are. */
#define WAKE_BYTES (TCP_WND / 2)
#define WAKE_MS 2

typedef enum { SOCKET_RESOLVING, SOCKET_CONNECTING, SOCKET_OPEN, SOCKET_FAILED } SocketState;

struct Socket {
  int isUsed;
  SocketState state;
  const char* kind;
  int isEnded; /* the peer has closed */
  int isAsked; /* the name server was asked */
  uint16_t port;
  ip_addr_t addresses[ADDRESSES_MAX];
  int addressCount;
  int address; /* the one that is tried */
  uint64_t until; /* when it has been silent for long enough */
  struct tcp_pcb* pcb;
  struct pbuf* unread;
  uint32_t taken; /* bytes of the first pbuf in it that were read */
  uint64_t newsAt; /* when the program is told what it has not asked for since; 0: nothing */
  char host[HOST_BYTES_MAX];
};

static Socket sockets[SOCKETS_MAX];
static int hasNews;

static void fail(Socket* socket, const char* kind)
{
  socket->state = SOCKET_FAILED;
  socket->kind = kind;
  hasNews = 1;
}

static int hasAnother(const Socket* socket)
{
  return socket->address + 1 < socket->addressCount;
}

/* Called by lwIP; it has freed the pcb. The next address is not tried from in here. */
static void onError(void* argument, err_t error)
{
  Socket* socket = argument;
  if (!socket)
    return;
  socket->pcb = NULL;
  if ((socket->state == SOCKET_CONNECTING) && hasAnother(socket))
    socket->until = 0;
  else
    fail(socket, (socket->state == SOCKET_OPEN) || (error != ERR_RST) ? "broken" : "refused");
}

static err_t onConnected(void* argument, struct tcp_pcb* pcb, err_t error)
{
  (void)pcb, (void)error;
  ((Socket*)argument)->state = SOCKET_OPEN;
  hasNews = 1;
  return ERR_OK;
}

static err_t onReceived(void* argument, struct tcp_pcb* pcb, struct pbuf* bytes, err_t error)
{
  Socket* socket = argument;
  (void)pcb, (void)error;
  if (!bytes) {
    socket->isEnded = 1;
    hasNews = 1;
    return ERR_OK;
  }
  if (socket->unread)
    pbuf_cat(socket->unread, bytes);
  else
    socket->unread = bytes;
  if (!socket->newsAt)
    socket->newsAt = machineMs() + WAKE_MS;
  return ERR_OK;
}

static err_t onSent(void* argument, struct tcp_pcb* pcb, u16_t length)
{
  (void)argument, (void)pcb, (void)length;
  hasNews = 1;
  return ERR_OK;
}

/* No server runs on this board: the loopback address means the computer that emulates it, which is
 * the gateway. */
static void tryAddress(Socket* socket)
{
  const ip_addr_t* address = &socket->addresses[socket->address];
  struct tcp_pcb* pcb = tcp_new();
  ip_addr_t gateway;
  ip_addr_copy_from_ip4(gateway, *netif_ip4_gw(netif_default));
  if (ip_addr_isloopback(address))
    address = &gateway;
  if (!pcb) {
    fail(socket, "broken");
    return;
  }
  socket->pcb = pcb;
  tcp_arg(pcb, socket);
  tcp_err(pcb, onError);
  tcp_recv(pcb, onReceived);
  tcp_sent(pcb, onSent);
  tcp_nagle_disable(pcb);
  socket->state = SOCKET_CONNECTING;
  socket->until = machineMs() + CONNECT_MS;
  if (tcp_connect(pcb, address, socket->port, onConnected) != ERR_OK)
    fail(socket, "broken");
}

/* Turns to the next address when this one was silent, or has refused, and there is another. */
static void tryNext(Socket* socket)
{
  if (!hasAnother(socket) || (machineMs() < socket->until))
    return;
  if (socket->pcb) {
    tcp_err(socket->pcb, NULL);
    tcp_abort(socket->pcb);
    socket->pcb = NULL;
  }
  socket->address++;
  tryAddress(socket);
}

static void connectTo(Socket* socket, const ip_addr_t* first)
{
  socket->addressCount = addressesTold(first, socket->addresses);
  tryAddress(socket);
}

static void onName(const char* name, const ip_addr_t* address, void* argument)
{
  Socket* socket = argument;
  hasNews = 1;
  if (!socket->isUsed || (socket->state != SOCKET_RESOLVING) || strcmp(socket->host, name))
    return; /* closed meanwhile, or open to another host */
  if (address)
    connectTo(socket, address);
  else
    fail(socket, "resolve");
}

/* Waits for an address of our own first. */
static void resolve(Socket* socket)
{
  ip_addr_t address;
  err_t answer;
  if (!netIsLinked()) {
    fail(socket, "broken");
    return;
  }
  if (!netIsUp() || socket->isAsked)
    return;
  socket->isAsked = 1;
  if (!strcmp(socket->host, "localhost"))
    answer = ipaddr_aton("127.0.0.1", &address) ? ERR_OK : ERR_VAL;
  else
    answer = dns_gethostbyname(socket->host, &address, onName, socket);
  if (answer == ERR_OK)
    connectTo(socket, &address);
  else if (answer != ERR_INPROGRESS)
    fail(socket, "resolve");
}

Socket* socketOpen(const char* host, uint16_t port, const char** kind)
{
  Socket* socket = NULL;
  *kind = "broken";
  for (int i = 0; i < SOCKETS_MAX; i++)
    if (!sockets[i].isUsed)
      socket = &sockets[i];
  if (!socket)
    return NULL;
  memset(socket, 0, sizeof(Socket));
  socket->isUsed = 1;
  socket->port = port;
  if (strlen(host) >= HOST_BYTES_MAX)
    fail(socket, "resolve");
  else {
    strcpy(socket->host, host);
    resolve(socket);
  }
  return socket;
}

void socketClose(Socket* socket)
{
  struct tcp_pcb* pcb = socket->pcb;
  if (socket->unread)
    pbuf_free(socket->unread);
  socket->isUsed = 0;
  if (!pcb)
    return;
  tcp_arg(pcb, NULL);
  tcp_err(pcb, NULL);
  tcp_recv(pcb, NULL);
  tcp_sent(pcb, NULL);
  if ((socket->state != SOCKET_OPEN) || (tcp_close(pcb) != ERR_OK))
    tcp_abort(pcb);
  socket->pcb = NULL;
}

static int isReady(Socket* socket)
{
  netPoll();
  if (socket->state == SOCKET_RESOLVING)
    resolve(socket);
  else if (socket->state == SOCKET_CONNECTING)
    tryNext(socket);
  return socket->state == SOCKET_OPEN;
}

/* What has arrived can be read, though the connection may be lost since. */
long socketRead(Socket* socket, void* bytes, uint32_t length)
{
  uint8_t* to = bytes;
  isReady(socket);
  while (length && socket->unread) {
    struct pbuf* first = socket->unread;
    uint32_t part = first->len - socket->taken < length ? first->len - socket->taken : length;
    memcpy(to, (const uint8_t*)first->payload + socket->taken, part);
    to += part;
    length -= part;
    socket->taken += part;
    if (socket->pcb)
      tcp_recved(socket->pcb, (u16_t)part);
    if (socket->taken < first->len)
      break;
    socket->unread = first->next;
    socket->taken = 0;
    if (first->next)
      pbuf_ref(first->next);
    pbuf_free(first);
  }
  socket->newsAt = 0;
  if (to != bytes)
    return to - (uint8_t*)bytes;
  if (socket->isEnded)
    return -1;
  return socket->state == SOCKET_FAILED ? -2 : 0;
}

long socketWrite(Socket* socket, const void* bytes, uint32_t length)
{
  err_t error;
  if (!isReady(socket))
    return socket->state == SOCKET_FAILED ? -2 : 0;
  if (length > tcp_sndbuf(socket->pcb))
    length = tcp_sndbuf(socket->pcb);
  if (length > TCP_MSS)
    length = TCP_MSS;
  if (!length)
    return 0;
  error = tcp_write(socket->pcb, bytes, (u16_t)length, TCP_WRITE_FLAG_COPY);
  if (error == ERR_MEM)
    return 0;
  if (error == ERR_OK) {
    tcp_output(socket->pcb); /* what finds no free frame waits for netPoll */
    return (long)length;
  }
  fail(socket, "broken");
  return -2;
}

const char* socketKind(const Socket* socket)
{
  return socket->kind;
}

void netWake(void)
{
  hasNews = 1;
}

/* True when what has arrived is worth a call of the program, once. */
static int hasEnough(Socket* socket)
{
  if (!socket->isUsed || !socket->newsAt
      || ((socket->unread->tot_len < WAKE_BYTES) && (machineMs() < socket->newsAt)))
    return 0;
  socket->newsAt = 0;
  return 1;
}

void boardWait(uint32_t timeoutMs)
{
  uint64_t end = machineMs() + timeoutMs;
  ConsoleNews typed;
  for (;;) {
    netPoll();
    for (int i = 0; i < SOCKETS_MAX; i++) {
      if (sockets[i].isUsed && (sockets[i].state == SOCKET_RESOLVING))
        resolve(&sockets[i]);
      if (hasEnough(&sockets[i]))
        hasNews = 1;
    }
    typed = consoleTake();
    if (typed == CONSOLE_LINE)
      netWake();
    if (hasNews || (machineMs() >= end))
      break;
    if (typed == CONSOLE_SILENT)
      machineSleep(WAKE_US);
  }
  hasNews = 0;
  machineFeed();
}
