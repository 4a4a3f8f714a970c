#ifndef IDF_ESP_NETIF_H
#define IDF_ESP_NETIF_H

#include "esp_err.h"

/* Starts lwIP's task; a second call does nothing. */
esp_err_t esp_netif_init(void);

#endif
