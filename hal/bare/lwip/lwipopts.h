/* lwIP for this board: one thread that polls, IPv4, TCP, DHCP, DNS; sizes for 320 KB of RAM. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_NETIF_API 0
/* Of its memory alone: what the most of it was. */
#define LWIP_STATS 1
#define MEM_STATS 1
#define MEMP_STATS 1
#define LINK_STATS 0
#define ETHARP_STATS 0
#define IP_STATS 0
#define IPFRAG_STATS 0
#define ICMP_STATS 0
#define UDP_STATS 0
#define TCP_STATS 0
#define SYS_STATS 0

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 1
#define LWIP_ICMP 1
/* What is sent and taken fits one frame. */
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_UDP 1
#define LWIP_TCP 1
#define LWIP_DHCP 1
#define DHCP_DOES_ARP_CHECK 0
#define LWIP_DNS 1
/* Its table has one address of a name, and the others are wanted, too: a name is asked for each
 * time (addresses.h). */
#define DNS_MAX_TTL 0
#define LWIP_NETIF_HOSTNAME 0

#define MEM_ALIGNMENT 4
/* What waits to be acknowledged, of which there are two segments, and packets of DHCP and DNS: 3.2
 * KiB at most so far. Where there is no room for more to be sent, it is sent later. */
#define MEM_SIZE (4 * 1024 + 512)
#define MEMP_NUM_TCP_PCB 6
#define MEMP_NUM_TCP_SEG 16
#define MEMP_NUM_UDP_PCB 4
/* A segment of the maximum, its headers, and what virtio puts before it. The device holds half of
 * them. */
#define PBUF_POOL_SIZE 16
#define PBUF_POOL_BUFSIZE 1536
#define TCP_MSS 1460
/* The peer may send as much as waits unread: flow control from flash to the network. What the
 * device does not hold may wait. */
#define TCP_WND (8 * TCP_MSS)
#define TCP_SND_BUF (2 * TCP_MSS)
#define TCP_QUEUE_OOSEQ 1

#endif
