/* What mcconfig and hal/esp32/sdkconfig.defaults make of the configuration, as far as it is asked
 * for. */
#ifndef IDF_SDKCONFIG_H
#define IDF_SDKCONFIG_H

#define CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE 1
#define CONFIG_ESP_TASK_WDT_EN 1
#define CONFIG_FREERTOS_HZ 1000

#endif
