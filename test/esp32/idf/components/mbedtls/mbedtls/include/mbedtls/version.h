#include "mbedtls/build_info.h"
