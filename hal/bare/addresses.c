#include "addresses.h"
#include <lwip/def.h>
#include <lwip/udp.h>
#include <string.h>

/* RFC 1035 §4.1 */
#define ANSWERS_AT 6
#define QUESTION_AT 12
#define QUESTION_END_BYTES 4 /* type and class, behind its name */
#define RECORD_BYTES 10 /* type, class, time to live, length, behind its name */
#define TYPE_A 1
#define CLASS_IN 1

static udp_recv_fn receive; /* lwIP's */
static struct pbuf* message; /* what it looks at */

static void onMessage(
    void* argument, struct udp_pcb* pcb, struct pbuf* bytes, const ip_addr_t* from, u16_t port)
{
  pbuf_ref(bytes);
  message = bytes;
  receive(argument, pcb, bytes, from, port);
  message = NULL;
  pbuf_free(bytes);
}

/* What lwIP's dns.c calls for udp_recv (Makefile). */
void addressesListen(struct udp_pcb* pcb, udp_recv_fn function, void* argument)
{
  receive = function;
  udp_recv(pcb, onMessage, argument);
}

static uint32_t number(uint32_t at)
{
  return ((uint32_t)pbuf_get_at(message, (u16_t)at) << 8) | pbuf_get_at(message, (u16_t)(at + 1));
}

/* Where the name ends that begins at `at`; past the message: nowhere. */
static uint32_t nameEnd(uint32_t at)
{
  while (at < message->tot_len) {
    uint8_t length = pbuf_get_at(message, (u16_t)at);
    if (length >= 0xc0)
      return at + 2;
    at += length + 1u;
    if (!length)
      return at;
  }
  return at;
}

int addressesTold(const ip_addr_t* first, ip_addr_t addresses[ADDRESSES_MAX])
{
  uint32_t at, left;
  int count = 1;
  addresses[0] = *first;
  if (!message)
    return count;
  left = number(ANSWERS_AT);
  for (at = nameEnd(QUESTION_AT) + QUESTION_END_BYTES; left && (count < ADDRESSES_MAX); left--) {
    uint32_t record = nameEnd(at), end = record + RECORD_BYTES;
    ip4_addr_t address;
    if (end > message->tot_len)
      break;
    at = end + number(record + 8);
    if ((at > message->tot_len) || (at - end != sizeof(address)) || (number(record) != TYPE_A)
        || (number(record + 2) != CLASS_IN))
      continue;
    pbuf_copy_partial(message, &address, sizeof(address), (u16_t)end);
    if (!ip4_addr_cmp(&address, ip_2_ip4(first)))
      ip_addr_copy_from_ip4(addresses[count++], address);
  }
  return count;
}
