#ifndef IDF_ESP_CHIP_INFO_H
#define IDF_ESP_CHIP_INFO_H

typedef enum { CHIP_ESP32 = 1, CHIP_ESP32C3 = 5 } esp_chip_model_t;
typedef struct {
  esp_chip_model_t model;
} esp_chip_info_t;

void esp_chip_info(esp_chip_info_t* info);

#endif
