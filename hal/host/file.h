/* A file as NOR flash: erased bytes are 0xFF, a byte is programmed once per erase, an erase takes a
   whole block. What lies behind the end of the file is erased, so a short file is a whole
   partition. */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include "../common/boot/partition.h"

/* What was done to the file of that name since the process began. */
typedef struct {
  char name[32];
  uint32_t writes, erases;
  uint64_t writtenBytes;
} FlashCount;

/* Functions of the partition that are given a range outside of it, or one that is not aligned, do
 * nothing and fail. */
typedef struct {
  Partition partition; /* first, so that a Partition of this kind is one of these */
  int file;
  FlashCount* count;
} FlashFile;

/* 0: the file cannot be opened, or the geometry is impossible. */
int flashFileOpen(
    FlashFile* flash, const char* path, uint32_t blockLength, uint32_t blocks, uint32_t writeAlign);
/* The counts of all files that were opened, from 0 up; NULL after the last. */
const FlashCount* flashFileCount(int index);

/* Power is cut at flash operation `operation`, counted from 1 over all partitions; 0: never. The
 * process is killed then. */
typedef enum { CUT_BEFORE, CUT_TORN, CUT_AFTER } CutMode;
void flashFileCut(uint32_t operation, CutMode mode);
/* The descriptor to which each operation is told by a line, which a restart hands on; 0: none. It
 * is the pipe or socket whose number is in XS_FUMO_FLASH_LOG. */
int flashFileLog(void);
/* How many operations are left until the cut; 0: none is planned. What a restart hands on. */
uint32_t flashFileCutLeft(void);

#endif
