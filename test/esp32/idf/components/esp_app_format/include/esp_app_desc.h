#ifndef IDF_ESP_APP_DESC_H
#define IDF_ESP_APP_DESC_H

#include <stdint.h>

typedef struct {
  uint32_t secure_version;
  char version[32];
} esp_app_desc_t;

const esp_app_desc_t* esp_app_get_description(void);

#endif
