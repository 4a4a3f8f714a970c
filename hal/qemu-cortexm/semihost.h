/* Arm semihosting: files of the computer that emulates the machine, its clock, and the end. */
#ifndef SEMIHOST_H
#define SEMIHOST_H

#include <stdint.h>
#include <string.h>

enum {
  HOST_OPEN = 0x01,
  HOST_WRITE = 0x05,
  HOST_READ = 0x06,
  HOST_SEEK = 0x0A,
  HOST_TIME = 0x11,
  HOST_COMMAND_LINE = 0x15,
  HOST_EXIT = 0x20
};
enum { HOST_READS = 1, HOST_UPDATES = 3 };

/* What the call gives; `words` are its parameters. */
static inline int32_t hostCall(uint32_t call, const void* words)
{
  register uint32_t r0 __asm__("r0") = call;
  register const void* r1 __asm__("r1") = words;
  __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory", "cc");
  return (int32_t)r0;
}

/* A file, or -1. */
static inline int32_t hostOpen(const char* path, uint32_t mode)
{
  uint32_t words[] = { (uint32_t)path, mode, strlen(path) };
  return hostCall(HOST_OPEN, words);
}

/* HOST_READ or HOST_WRITE: how many of the bytes were not done. */
static inline uint32_t hostMove(uint32_t call, int32_t file, const void* bytes, uint32_t length)
{
  uint32_t words[] = { (uint32_t)file, (uint32_t)bytes, length };
  return (uint32_t)hostCall(call, words);
}

#endif
