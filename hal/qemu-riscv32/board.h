/* What hal/xs/engine/platform.h takes from arpa/inet.h and limits.h of a system. */
#ifndef BOARD_H
#define BOARD_H

#include <machine/endian.h>

#define C_PATH_MAX 128

#ifndef htons
#define htons __bswap16
#define htonl __bswap32
#define ntohs __bswap16
#define ntohl __bswap32
#endif

#endif
