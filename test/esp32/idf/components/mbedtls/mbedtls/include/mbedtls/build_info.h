#ifndef MBEDTLS_BUILD_INFO_H
#define MBEDTLS_BUILD_INFO_H

#define MBEDTLS_VERSION_NUMBER 0x04000000

#ifdef MBEDTLS_CONFIG_FILE
#include MBEDTLS_CONFIG_FILE
#endif
#ifndef STANDIN_ESP_CONFIG
#error "MBEDTLS_CONFIG_FILE is not ESP-IDF's: its structures have other sizes then"
#endif

#include "tf-psa-crypto/build_info.h"

#endif
