/* What this board asks of ESP-IDF, in one place. */
#ifndef ESP32_IDF_H
#define ESP32_IDF_H

#include "esp_app_desc.h"
#include "esp_attr.h"
#include "esp_chip_info.h"
#include "esp_netif.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_random.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs.h"
#include "sdkconfig.h"

#ifndef CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
#error "sdkconfig.defaults of hal/esp32 is not in force: set SDKCONFIGPATH to its folder"
#endif

#endif
