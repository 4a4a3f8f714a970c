/* The factory sector: what a board is told before it leaves the factory. Records one after the
   other, each u32 kind, u32 length, `length` bytes, padded to a multiple of 4; little-endian.
   0xFFFFFFFF in place of a kind ends them. */
#ifndef FACTORY_H
#define FACTORY_H

#include <stdint.h>

typedef enum {
  FACTORY_KEY = 1, /* vendor public key, as bootKey (image.h) takes it. One record for each */
  FACTORY_PROVISION = 2, /* JSON text for the client (src/account/provisioning.ts), with members for
                            the board (board.ts) */
  FACTORY_CA = 3 /* certificate of an authority that servers are checked against, DER. One record
                    for each, two at most */
} FactoryKind;

/* The record of this kind after `from`, or the first one when it is NULL; NULL when there is none.
 */
const uint8_t* factoryFind(FactoryKind kind, const uint8_t* from, uint32_t* length);

#endif
