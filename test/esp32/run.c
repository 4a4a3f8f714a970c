/* A chip for hal/esp32 on Linux: boot loader and ESP-IDF are the fake, the application is XS
   bytecode in the slot's segment. usage: run --state DIR [--cut N] [--cut-mode before|torn|after]
   [--watchdog MS] */
#include "../../hal/host/file.h"
#include "../../hal/host/lock.h"
#include "../../hal/host/reset.h"
#include "../../hal/xs/engine/runtime.h"
#include "fake-idf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char* stackLimit;

void boardPrint(const char* text)
{
  fputs(text, stdout);
}

char* boardStackLimit(void)
{
  return stackLimit;
}

void boardAbort(int status)
{
  printf("XS abort %d\n", status);
  fflush(stdout);
  resetNow(RESET_RESTART); /* the SDK ends it with esp_restart, and leaves no note */
}

static esp_reset_reason_t reasonOf(ResetCause cause)
{
  static const esp_reset_reason_t reasons[] = { ESP_RST_POWERON, ESP_RST_SW, ESP_RST_TASK_WDT,
    ESP_RST_PANIC, ESP_RST_UNKNOWN };
  return reasons[cause];
}

int main(int argc, char** argv)
{
  static Runtime runtime;
  xsCreation creation = { .initialChunkSize = 128 * 1024,
    .incrementalChunkSize = 16 * 1024,
    .initialHeapCount = 30 * 1024,
    .incrementalHeapCount = 4 * 1024,
    .stackCount = 1024,
    .initialKeyCount = 2048,
    .incrementalKeyCount = 256,
    .nameModulo = 127,
    .symbolModulo = 127 };
  const char* directory = NULL;
  const char* problem;
  const char* left = getenv("XS_FUMO_CUT");
  ResetCause cause = resetStart();
  uint32_t cut = 0, length = 0;
  int watchdogMs = 30000;
  CutMode mode = CUT_TORN;
  xsMachine* machine;
  const void* payload;
  stackLimit = (char*)__builtin_frame_address(0) - 1024 * 1024;
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--state"))
      directory = argv[i + 1];
    else if (!strcmp(argv[i], "--watchdog"))
      watchdogMs = atoi(argv[i + 1]);
    else if (!strcmp(argv[i], "--cut"))
      cut = (uint32_t)strtoul(argv[i + 1], NULL, 10);
    else
      mode = argv[i + 1][0] == 'b' ? CUT_BEFORE : argv[i + 1][0] == 'a' ? CUT_AFTER : CUT_TORN;
  }
  flashFileCut(cause == RESET_POWER || !left ? cut : (uint32_t)strtoul(left, NULL, 10), mode);
  problem = directory ? lockTake(directory) : "no --state";
  if (!problem)
    problem = fakeOpen(directory, reasonOf(cause));
  payload = problem ? NULL : fakeBoot(&length);
  if (!problem && !payload)
    problem = "no slot has an image";
  if (!problem)
    problem = blobCheck(payload, length);
  if (problem) {
    fprintf(stderr, "run: %s\n", problem);
    return 4;
  }
  resetGuard(watchdogMs);
  problem = runtimeCreate(&runtime, &creation, (const BlobHeader*)payload, &machine);
  if (problem || runtimeRun(machine))
    resetNow(RESET_PANIC);
  return 0;
}
