/* CRC-32 (IEEE 802.3), four bits at a time: a table of 64 bytes. */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

/* The CRC of what gave `crc` (0 to start) and then these bytes. */
static inline uint32_t crc32Of(uint32_t crc, const void* bytes, uint32_t size)
{
  static const uint32_t table[16] = { 0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190,
    0x6B6B51F4, 0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0,
    0x86D3D2D4, 0xA00AE278, 0xBDBDF21C };
  const uint8_t* p = bytes;
  crc = ~crc;
  while (size--) {
    crc ^= *p++;
    crc = (crc >> 4) ^ table[crc & 15];
    crc = (crc >> 4) ^ table[crc & 15];
  }
  return ~crc;
}

#endif
