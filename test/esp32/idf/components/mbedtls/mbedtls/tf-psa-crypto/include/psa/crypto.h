/* mbedtls/ecdsa.h, ecp.h and bignum.h are private in version 4: PSA is what there is. */
#ifndef PSA_CRYPTO_H
#define PSA_CRYPTO_H

#include "tf-psa-crypto/build_info.h"
#include <stddef.h>
#include <stdint.h>

typedef int32_t psa_status_t;
typedef uint32_t psa_key_id_t;
typedef uint32_t psa_algorithm_t;
typedef uint16_t psa_key_type_t;
typedef uint32_t psa_key_usage_t;
typedef struct {
  psa_key_type_t type;
  uint16_t bits;
  psa_key_usage_t usage;
  psa_algorithm_t algorithm;
} psa_key_attributes_t;

#define PSA_SUCCESS 0
#define PSA_KEY_ATTRIBUTES_INIT                                                                    \
  {                                                                                                \
    0, 0, 0, 0                                                                                     \
  }
#define PSA_ECC_FAMILY_SECP_R1 0x12
#define PSA_KEY_TYPE_ECC_PUBLIC_KEY(family) ((psa_key_type_t)(0x4100 | (family)))
#define PSA_KEY_USAGE_VERIFY_HASH 0x2000U
#define PSA_ALG_SHA_256 0x02000009U
#define PSA_ALG_ECDSA(hash) (0x06000600U | ((hash)&0xff))

psa_status_t psa_crypto_init(void);
void psa_set_key_type(psa_key_attributes_t* attributes, psa_key_type_t type);
void psa_set_key_bits(psa_key_attributes_t* attributes, size_t bits);
void psa_set_key_usage_flags(psa_key_attributes_t* attributes, psa_key_usage_t usage);
void psa_set_key_algorithm(psa_key_attributes_t* attributes, psa_algorithm_t algorithm);
psa_status_t psa_import_key(
    const psa_key_attributes_t* attributes, const uint8_t* data, size_t length, psa_key_id_t* key);
psa_status_t psa_verify_hash(psa_key_id_t key, psa_algorithm_t algorithm, const uint8_t* hash,
    size_t hashLength, const uint8_t* signature, size_t length);
psa_status_t psa_destroy_key(psa_key_id_t key);

#endif
