/* What is kept through a reset, in RAM that no program initializes. Zero after power-on. */
#ifndef HANDOFF_H
#define HANDOFF_H

#include "../common/boot/select.h"

typedef struct {
  uint32_t plan; /* PLAN_… of partitions.h, set from outside at every reset */
  uint32_t magic; /* HANDOFF_MAGIC once the loader has run since power-on */
  uint32_t cause; /* ResetCause for the next boot */
  uint32_t cutLeft; /* flash operations until the planned cut, counted on through resets; 0: none is
                       planned */
  BootChoice choice; /* what the loader has selected */
  char version[BOOT_VERSION_TEXT]; /* of the image that runs */
  uint32_t counter; /* its security counter */
} Handoff;

#define HANDOFF_MAGIC 0x46464F48u

Handoff* handoff(void);

#endif
