#ifndef IDF_ESP_PARTITION_H
#define IDF_ESP_PARTITION_H

#include "esp_err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { ESP_PARTITION_TYPE_APP = 0, ESP_PARTITION_TYPE_DATA = 1 } esp_partition_type_t;
typedef enum {
  ESP_PARTITION_SUBTYPE_APP_OTA_MIN = 0x10,
  ESP_PARTITION_SUBTYPE_ANY = 0xff
} esp_partition_subtype_t;

typedef struct {
  esp_partition_type_t type;
  esp_partition_subtype_t subtype;
  uint32_t address;
  uint32_t size;
  uint32_t erase_size;
  char label[17];
  bool encrypted;
} esp_partition_t;

const esp_partition_t* esp_partition_find_first(
    esp_partition_type_t type, esp_partition_subtype_t subtype, const char* label);
/* An encrypted partition is deciphered, erased or not. */
esp_err_t esp_partition_read(
    const esp_partition_t* partition, size_t offset, void* bytes, size_t length);
esp_err_t esp_partition_read_raw(
    const esp_partition_t* partition, size_t offset, void* bytes, size_t length);
esp_err_t esp_partition_write(
    const esp_partition_t* partition, size_t offset, const void* bytes, size_t length);
esp_err_t esp_partition_erase_range(const esp_partition_t* partition, size_t offset, size_t length);

#endif
