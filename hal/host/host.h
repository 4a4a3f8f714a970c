/* The board behind hal/common/natives/board.h: a state directory with the flash files, and what was
 * booted from them. */
#ifndef HOST_H
#define HOST_H

#include "../common/natives/board.h"

#define PATH_BYTES_MAX 4096

/* What the runner knows of its engine. There is none under the SDK: then the payload is not looked
 * at. */
typedef struct {
  /* Why a payload cannot run here, or NULL. */
  const char* (*check)(const void* payload, uint32_t length);
  /* Prints what the program took. Called before it ends or restarts. */
  void (*report)(void);
} HostEngine;

typedef struct {
  BootChoice choice;
  /* Of choice.slot, mapped read-only for good; not set when nothing can be booted. */
  BootImage image;
} HostBoard;

/* "Powers on": opens the boot log in the state directory and selects a slot. NULL, or what is wrong
 * with the directory. */
const char* hostPowerOn(const char* directory, ResetCause cause, const HostEngine* engine);

/* The board. Where no runner has powered it on (under the SDK), the first call does, in the
   directory XS_FUMO_STATE. NULL: it cannot. */
HostBoard* hostBoard(void);

#endif
