/* The calls of ESP-IDF that hal/esp32 makes, as own declarations, for the strict fake in
 * fake-idf.c. */
#ifndef FAKE_IDF_H
#define FAKE_IDF_H

#include <stddef.h>
#include <stdint.h>

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL -1
#define ESP_ERR_INVALID_ARG 0x102
#define ESP_ERR_INVALID_SIZE 0x104
#define ESP_ERR_NOT_FOUND 0x105
#define ESP_ERR_OTA_VALIDATE_FAILED 0x1503

typedef enum { ESP_PARTITION_TYPE_APP = 0, ESP_PARTITION_TYPE_DATA = 1 } esp_partition_type_t;
typedef enum {
  ESP_PARTITION_SUBTYPE_APP_OTA_MIN = 0x10,
  ESP_PARTITION_SUBTYPE_ANY = 0xff
} esp_partition_subtype_t;

typedef struct {
  esp_partition_type_t type;
  esp_partition_subtype_t subtype;
  uint32_t address, size, erase_size;
  char label[17];
  int encrypted;
} esp_partition_t;

typedef enum {
  ESP_OTA_IMG_NEW = 0,
  ESP_OTA_IMG_PENDING_VERIFY = 1,
  ESP_OTA_IMG_VALID = 2,
  ESP_OTA_IMG_INVALID = 3,
  ESP_OTA_IMG_ABORTED = 4
} esp_ota_img_states_t;
#define ESP_OTA_IMG_UNDEFINED ((esp_ota_img_states_t)0xFFFFFFFF)

typedef enum {
  ESP_RST_UNKNOWN,
  ESP_RST_POWERON,
  ESP_RST_SW,
  ESP_RST_PANIC,
  ESP_RST_INT_WDT,
  ESP_RST_TASK_WDT,
  ESP_RST_WDT,
  ESP_RST_BROWNOUT,
  ESP_RST_PWR_GLITCH
} esp_reset_reason_t;

typedef enum { CHIP_ESP32 = 1, CHIP_ESP32C3 = 5 } esp_chip_model_t;
typedef struct {
  esp_chip_model_t model;
} esp_chip_info_t;

typedef struct {
  char version[32];
} esp_app_desc_t;

typedef uint32_t nvs_handle_t;
#define NVS_READONLY 0
#define NVS_READWRITE 1

const esp_partition_t* esp_partition_find_first(
    esp_partition_type_t type, esp_partition_subtype_t subtype, const char* label);
esp_err_t esp_partition_read(
    const esp_partition_t* partition, size_t offset, void* bytes, size_t length);
esp_err_t esp_partition_write(
    const esp_partition_t* partition, size_t offset, const void* bytes, size_t length);
esp_err_t esp_partition_erase_range(const esp_partition_t* partition, size_t offset, size_t length);
const esp_partition_t* esp_ota_get_running_partition(void);
const esp_partition_t* esp_ota_get_boot_partition(void);
const esp_partition_t* esp_ota_get_next_update_partition(const esp_partition_t* from);
esp_err_t esp_ota_get_state_partition(
    const esp_partition_t* partition, esp_ota_img_states_t* state);
esp_err_t esp_ota_set_boot_partition(const esp_partition_t* partition);
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);
const esp_app_desc_t* esp_app_get_description(void);
void esp_chip_info(esp_chip_info_t* info);
esp_reset_reason_t esp_reset_reason(void);
void esp_restart(void) __attribute__((noreturn));
void esp_fill_random(void* bytes, size_t length);
int64_t esp_timer_get_time(void);
void vTaskDelay(uint32_t ticks);
esp_err_t nvs_open(const char* space, int mode, nvs_handle_t* handle);
esp_err_t nvs_get_str(nvs_handle_t handle, const char* key, char* text, size_t* length);
esp_err_t nvs_get_u8(nvs_handle_t handle, const char* key, uint8_t* value);
esp_err_t nvs_set_u8(nvs_handle_t handle, const char* key, uint8_t value);
esp_err_t nvs_erase_key(nvs_handle_t handle, const char* key);
esp_err_t nvs_commit(nvs_handle_t handle);
void nvs_close(nvs_handle_t handle);

/* The fake's own end: the state directory, and the boot loader. A file "hardware" in the directory
   has words for what is wrong with the board: no-LABEL, unreadable-LABEL, small-store, odd-store,
   long-head, unequal, factory, no-rollback, stuck-otadata; encrypted, and esp32 for the chip that
   encrypts rows of 32 bytes. */
const char* fakeOpen(const char* directory, esp_reset_reason_t reason);
/* What the boot loader boots: the bytes of the application's segment; NULL when no slot has an
 * image. */
const void* fakeBoot(uint32_t* length);

#endif
