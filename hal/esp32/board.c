/* The functions of hal/common/natives/board.h, over ESP-IDF. */
#include "../common/bsd/bsd.h"
#include "../common/natives/board.h"
#include "slots.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROVISION_BYTES_MAX 4000
#define PROVISION_KEY "provision"

const char* boardRunning(BootChoice* running)
{
  const char* problem = slotsOpen();
  uint32_t failures = problem ? 0 : slotFailures();
  if (!problem)
    *running = (BootChoice){ .slot = (uint8_t)slotRunning(),
      .trial = (uint8_t)slotTrial(),
      .cause = (uint8_t)slotCause(),
      .failures = (uint8_t)(failures < UINT8_MAX ? failures : UINT8_MAX) };
  return problem;
}

const char* boardArm(void)
{
  return slotArm();
}

const char* boardConfirm(void)
{
  return slotConfirm();
}

void boardRestart(void)
{
  slotRestart(0);
}

const char* boardPartition(const char* name, const Partition** partition)
{
  return slotsPartition(name, partition);
}

double boardNow(void)
{
  return (double)(esp_timer_get_time() / 1000);
}

int boardRandom(void* bytes, uint32_t length)
{
  esp_fill_random(bytes, length);
  return 1;
}

/* To the console of ESP-IDF, in every build: xsTrace is silent but in a debug build. */
void boardPrintLine(const char* text)
{
  puts(text);
  fflush(stdout);
}

void boardLog(char level, const char* source, const char* format, ...)
{
  double seconds = boardNow() / 1000;
  va_list parts;
  va_start(parts, format);
  printf("[%8.3f] %c %s: ", seconds, level, source);
  vprintf(format, parts);
  printf("\n");
  va_end(parts);
}

/* A string in NVS; nvs_partition_gen.py of ESP-IDF, or the factory's tester, puts it there. */
const char* boardProvision(BoardText* text)
{
  nvs_handle_t handle;
  size_t length = PROVISION_BYTES_MAX;
  char* bytes = malloc(PROVISION_BYTES_MAX);
  int found = 0;
  if (bytes && (nvs_open(NVS_SPACE, NVS_READONLY, &handle) == ESP_OK)) {
    found = nvs_get_str(handle, PROVISION_KEY, bytes, &length) == ESP_OK;
    nvs_close(handle);
  }
  if (!found) {
    free(bytes);
    return "no provisioning: NVS has no string \"provision\" in \"xs-fumo\"";
  }
  *text = (BoardText){ bytes, (uint32_t)strlen(bytes), bytes };
  return NULL;
}

const char* boardVersion(void)
{
  return esp_app_get_description()->version;
}

uint32_t boardSecurityCounter(void)
{
  return esp_app_get_description()->secure_version;
}

void boardExit(int status)
{
  (void)status;
  slotRestart(0);
}

/* An erase gives way to the idle task, which feeds the watchdog. */
void boardFeed(void)
{
}

/* Its waits give way to the other tasks, so the idle task feeds the watchdog. */
void boardWait(uint32_t timeoutMs)
{
  socketWait(timeoutMs);
}
