/* The functions of hal/common/natives/board.h, in the firmware. */
#include "board.h"
#include "factory.h"
#include "handoff.h"
#include "images.h"
#include "machine.h"
#include "partitions.h"
#include <string.h>

const char* boardRunning(BootChoice* running)
{
  *running = handoff()->choice;
  return NULL;
}

const char* boardArm(void)
{
  return bootArm(imagesBoard(NULL), &handoff()->choice);
}

const char* boardConfirm(void)
{
  return bootConfirm(imagesBoard(NULL), &handoff()->choice);
}

void boardRestart(void)
{
  boardFigures();
  boardReset(RESET_RESTART);
}

const char* boardPartition(const char* name, const Partition** partition)
{
  if (!strcmp(name, "store"))
    *partition = partitionOf(PARTITION_STORE);
  else if (!strcmp(name, "staging"))
    *partition = partitionOf(handoff()->choice.slot ? PARTITION_SLOT_A : PARTITION_SLOT_B);
  else
    return "flash: no such partition";
  return NULL;
}

double boardNow(void)
{
  return (double)machineMs();
}

const char* boardProvision(BoardText* text)
{
  text->bytes = (const char*)factoryFind(FACTORY_PROVISION, NULL, &text->length);
  return text->bytes ? NULL : "the factory sector has no provisioning";
}

const char* boardVersion(void)
{
  return handoff()->version;
}

uint32_t boardSecurityCounter(void)
{
  return handoff()->counter;
}
