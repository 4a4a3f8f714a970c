/* The board behind the natives: a state directory with the flash files, and what was booted from
 * them. */
#ifndef HOST_BOARD_H
#define HOST_BOARD_H

#include "../common/boot/select.h"

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

/* NULL when done, otherwise the reason why not: bootArm and bootConfirm of select.h. */
const char* hostArm(void);
const char* hostConfirm(void);

/* The path of a file of the state directory; 0 when it is too long. */
int hostPath(char path[PATH_BYTES_MAX], const char* name);

/* Restarts the program, or ends it with an exit status; what it printed is out before. */
void hostRestart(void) __attribute__((noreturn));
void hostExit(int status) __attribute__((noreturn));

/* A line of the board itself for the serial console; level is E, W, I or D. */
void hostLog(char level, const char* source, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

/* Milliseconds since power-on or reset. */
double hostNow(void);

#endif
