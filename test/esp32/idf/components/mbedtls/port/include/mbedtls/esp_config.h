/* The configuration that ESP-IDF builds Mbed TLS with. Structures have other sizes without it. */
#define STANDIN_ESP_CONFIG 1
