/* The boot selector of hal/common/boot over the simulated board, whose flash and slots are
   JavaScript: for WebAssembly (wasm.c, in Node) and as natives of XS (natives.c). What a call
   decides travels as one number. */
#ifndef SIM_SELECTOR_H
#define SIM_SELECTOR_H

#include "../common/boot/select.h"

/* Bits of that number. State is the newest entry of the log as it reads after the call. */
#define TOLD_DECISION 0 /* 4 bits, BootDecision */
#define TOLD_SLOT 4
#define TOLD_TRIAL 5
#define TOLD_CAUSE 6 /* 3 bits, ResetCause */
#define TOLD_STATE_SLOT 9
#define TOLD_STATE_TRIAL 10 /* 2 bits, BootTrial */
#define TOLD_FAILURES 16 /* 8 bits */

/* A problem of arm and confirm, or NULL; `told` is only changed without one. */
typedef struct {
  const char* problem;
  uint32_t told;
} SelectorResult;

/* Takes vendor keys that lie one after another, as bootKey has them: how many, or -1. */
int selectorKeys(BootKey keys[BOOT_KEYS_MAX], const uint8_t* der, uint32_t length);

uint32_t selectorSelect(const BootBoard* board, uint8_t cause);
/* `told`: what selectorSelect gave, or the last selectorConfirm. */
SelectorResult selectorArm(const BootBoard* board, uint32_t told);
SelectorResult selectorConfirm(const BootBoard* board, uint32_t told);

#endif
