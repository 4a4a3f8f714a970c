/* Natives of hal/common/natives and of area.ts, over ESP-IDF. */
#include "../common/base/arguments.h"
#include "../common/base/place.h"
#include "../common/base/receiver.h"
#include "mc.xs.h"
#include "slots.h"
#include <stdio.h>
#include <stdlib.h>

#define WAIT_PART_MS 1000
#define PROVISION_BYTES_MAX 4000
#define PROVISION_KEY "provision"

/* XS calls this with NULL for the prototype object and for instances that were closed. */
void xs_area_destructor(void* data)
{
  free(data);
}

static Area* thisArea(xsMachine* the)
{
  return toReceiver(the, xs_area_destructor);
}

static void check(xsMachine* the, AreaResult result)
{
  if (result == AREA_MISALIGNED)
    throwKind(the, "misaligned", "flash: not a multiple of writeAlign");
  if (result == AREA_BOUNDS)
    throwKind(the, "bounds", "flash: outside the partition");
  if (result == AREA_DEVICE)
    throwKind(the, "device", "flash: ESP-IDF reports an error");
}

void xs_area(xsMachine* the)
{
  char name[16];
  const char* problem;
  Area* area;
  xsmcToStringBuffer(xsArg(0), name, sizeof(name));
  checkNew(the, xs_area_destructor);
  area = malloc(sizeof(Area));
  problem = area ? areaOpen(area, name) : "no memory";
  if (problem) {
    free(area);
    throwKind(the, "device", problem);
  }
  xsmcSetHostData(xsThis, area);
}

void xs_area_blocks(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)thisArea(the)->blocks);
}

void xs_area_block_length(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)thisArea(the)->blockLength);
}

void xs_area_write_align(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)thisArea(the)->writeAlign);
}

void xs_area_read(xsMachine* the)
{
  uint32_t offset = toPlace(the, &xsArg(1));
  Area* area = thisArea(the);
  Buffer buffer = toWritable(the, &xsArg(0));
  check(the, areaRead(area, offset, buffer.bytes, buffer.length));
}

void xs_area_write(xsMachine* the)
{
  uint32_t offset = toPlace(the, &xsArg(1));
  Area* area = thisArea(the);
  Buffer buffer = toReadable(the, &xsArg(0));
  check(the, areaWrite(area, offset, buffer.bytes, buffer.length));
}

void xs_area_erase_block(xsMachine* the)
{
  uint32_t block = toPlace(the, &xsArg(0));
  check(the, areaErase(thisArea(the), block));
}

static void checkBoot(xsMachine* the, const char* problem)
{
  if (problem)
    xsUnknownError("boot: %s", problem);
}

/* "" when all is well. */
void xs_slots_warning(xsMachine* the)
{
  const char* warning = slotsWarning();
  xsmcSetString(xsResult, (char*)(warning ? warning : ""));
}

void xs_boot_slot(xsMachine* the)
{
  checkBoot(the, slotsOpen());
  xsmcSetInteger(xsResult, slotRunning());
}

void xs_boot_trial(xsMachine* the)
{
  xsmcSetInteger(xsResult, slotTrial());
}

void xs_boot_cause(xsMachine* the)
{
  xsmcSetInteger(xsResult, slotCause());
}

void xs_boot_failures(xsMachine* the)
{
  xsmcSetNumber(xsResult, slotFailures());
}

void xs_boot_arm(xsMachine* the)
{
  checkBoot(the, slotArm());
}

void xs_boot_confirm(xsMachine* the)
{
  checkBoot(the, slotConfirm());
}

void xs_boot_restart(xsMachine* the)
{
  (void)the;
  slotRestart(0);
}

/* Starts lwIP, which aborts when it is used before. The SDK's Wi-Fi starts it too, but later, and a
 * board may have none. */
void xs_board_network(xsMachine* the)
{
  if (esp_netif_init() != ESP_OK)
    xsUnknownError("lwIP cannot be started");
}

/* How many milliseconds this start has to wait. */
void xs_board_pause(xsMachine* the)
{
  xsmcSetInteger(xsResult, (xsIntegerValue)slotPauseMs());
}

/* Waits, while the other tasks run and the watchdog is fed. */
void xs_board_wait(xsMachine* the)
{
  for (uint32_t left = toPlace(the, &xsArg(0)); left;) {
    uint32_t part = left < WAIT_PART_MS ? left : WAIT_PART_MS;
    vTaskDelay(pdMS_TO_TICKS(part));
#if CONFIG_ESP_TASK_WDT_EN
    esp_task_wdt_reset();
#endif
    left -= part;
  }
}

/* Restarts, because the program has failed. */
void xs_board_fail(xsMachine* the)
{
  (void)the;
  slotRestart(1);
}

void xs_system_now(xsMachine* the)
{
  xsmcSetNumber(xsResult, (xsNumberValue)(esp_timer_get_time() / 1000));
}

void xs_system_random(xsMachine* the)
{
  Buffer buffer = toWritable(the, &xsArg(0));
  esp_fill_random(buffer.bytes, buffer.length);
}

/* To the console of ESP-IDF, in every build: xsTrace is silent but in a debug build. */
void xs_system_print(xsMachine* the)
{
  puts(xsmcToString(xsArg(0)));
  fflush(stdout);
}

/* A string in NVS; nvs_partition_gen.py of ESP-IDF, or the factory's tester, puts it there. */
void xs_system_provision(xsMachine* the)
{
  nvs_handle_t handle;
  size_t length = PROVISION_BYTES_MAX;
  char* text = malloc(PROVISION_BYTES_MAX);
  int found = 0;
  if (text && (nvs_open(NVS_SPACE, NVS_READONLY, &handle) == ESP_OK)) {
    found = nvs_get_str(handle, PROVISION_KEY, text, &length) == ESP_OK;
    nvs_close(handle);
  }
  if (found)
    xsmcSetString(xsResult, text);
  free(text);
  if (!found)
    xsUnknownError("no provisioning: NVS has no string \"provision\" in \"xs-fumo\"");
}

void xs_system_version(xsMachine* the)
{
  xsmcSetString(xsResult, (char*)esp_app_get_description()->version);
}

void xs_system_security_counter(xsMachine* the)
{
  xsmcSetNumber(xsResult, esp_app_get_description()->secure_version);
}

void xs_system_exit(xsMachine* the)
{
  (void)the;
  slotRestart(0);
}
