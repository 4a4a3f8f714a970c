/* There is no <poll.h> in ESP-IDF's newlib. */
#ifndef IDF_SYS_POLL_H
#define IDF_SYS_POLL_H

#define POLLIN (1u << 0)
#define POLLOUT (1u << 3)

struct pollfd {
  int fd;
  short events;
  short revents;
};
typedef unsigned nfds_t;

int poll(struct pollfd* pollers, nfds_t count, int timeout);

#endif
