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

static PartitionName slotOf(int number)
{
  return number ? PARTITION_SLOT_B : PARTITION_SLOT_A;
}

/* The payload of the image that runs: it lies in its slot behind a header of `from` bytes. */
typedef struct {
  Partition partition;
  uint32_t from;
} Base;

static int readBase(const Partition* self, uint32_t offset, void* bytes, uint32_t length)
{
  const Partition* slot = partitionOf(slotOf(handoff()->choice.slot));
  return slot->read(slot, ((const Base*)self)->from + offset, bytes, length);
}

static const Partition* openBase(void)
{
  static Base base = { .partition = { .blockLength = 1, .writeAlign = 1, .read = readBase } };
  const uint8_t* head = partitionAt(slotOf(handoff()->choice.slot), 0);
  uint16_t from;
  memcpy(&from, head + 8, sizeof(from));
  memcpy(&base.partition.blocks, head + 12, sizeof(base.partition.blocks));
  base.from = from;
  return &base.partition;
}

const char* boardPartition(const char* name, const Partition** partition)
{
  if (!strcmp(name, "store"))
    *partition = partitionOf(PARTITION_STORE);
  else if (!strcmp(name, "staging"))
    *partition = partitionOf(slotOf(!handoff()->choice.slot));
  else if (!strcmp(name, "base"))
    *partition = openBase();
  else
    return "flash: no such partition";
  return NULL;
}

void boardFeed(void)
{
  machineFeed();
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
