#ifndef TF_PSA_CRYPTO_BUILD_INFO_H
#define TF_PSA_CRYPTO_BUILD_INFO_H

#ifdef TF_PSA_CRYPTO_USER_CONFIG_FILE
#include TF_PSA_CRYPTO_USER_CONFIG_FILE
#endif
#ifndef STANDIN_ESP_CONFIG
#error "TF_PSA_CRYPTO_USER_CONFIG_FILE is not ESP-IDF's: its structures have other sizes then"
#endif

#endif
