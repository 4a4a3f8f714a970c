#ifndef IDF_FREERTOS_H
#define IDF_FREERTOS_H

#include "sdkconfig.h"
#include <stdint.h>

typedef uint32_t TickType_t;
#define pdMS_TO_TICKS(ms) ((TickType_t)((uint64_t)(ms)*CONFIG_FREERTOS_HZ / 1000))

#endif
