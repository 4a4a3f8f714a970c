/* What a board says of its boot selection, in its log (boardLog of ../natives/board.h). */
#ifndef BOOT_REPORT_H
#define BOOT_REPORT_H

#include "select.h"

/* The slot, the version and the cause; or that nothing can be booted. */
void bootReport(const BootChoice* choice, const BootImage* image);
/* BootBoard.refused: a slot that should have booted cannot. */
void bootReportRefused(const BootBoard* board, int slot, const char* why);

#endif
