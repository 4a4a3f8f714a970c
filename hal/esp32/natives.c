/* Natives of this board alone. */
#include "../common/base/place.h"
#include "idf.h"
#include "mc.xs.h"
#include "slots.h"

#define WAIT_PART_MS 1000

/* "" when all is well. */
void xs_slots_warning(xsMachine* the)
{
  const char* warning = slotsWarning();
  xsmcSetString(xsResult, (char*)(warning ? warning : ""));
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
