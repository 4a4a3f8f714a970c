/* What this board asks of ESP-IDF, in one place. On the chip these are ESP-IDF's own headers; tests
 * put their strict fake here. */
#ifndef ESP32_IDF_H
#define ESP32_IDF_H

#ifdef ESP_IDF_FAKE
#include "fake-idf.h"
#else
#include "esp_app_desc.h"
#include "esp_chip_info.h"
#include "esp_flash_encrypt.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_random.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs.h"
#include "sdkconfig.h"

#ifndef CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
#error "sdkconfig.defaults of hal/esp32 is not in force: set SDKCONFIGPATH to its folder"
#endif
#endif

#endif
