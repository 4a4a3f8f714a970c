#ifndef IDF_FREERTOS_TASK_H
#define IDF_FREERTOS_TASK_H

#ifndef IDF_FREERTOS_H
#error "include FreeRTOS.h must appear in source files before include task.h"
#endif

void vTaskDelay(TickType_t ticks);

#endif
