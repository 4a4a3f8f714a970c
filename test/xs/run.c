/* The plainest board: it maps a blob read-only, as a flash slot, and runs it there. Unit tests run
   on it. usage: run [--slots N] [--chunks N] [--stack N] [--fixed] [--shared] [--offset N] file
   --shared: all modules but the entry are loaded ahead, into memory that is read-only then. Exit
   status: what runtimeRun gives (0, or 1 when the program threw), 2 when nothing ran, 100 + n when
   XS aborted with n. */
#include "../../hal/xs/engine/runtime.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define C_STACK_SIZE (1024 * 1024)
#define PROCESS_SIZE_MAX                                                                           \
  (512u * 1024 * 1024) /* a program that allocates for ever ends here, not with the computer */
#define SHARED_SIZE (16 * 1024 * 1024)

typedef struct {
  const char* path;
  off_t offset;
  int isShared;
  xsCreation creation;
} Options;

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
  fflush(stdout);
  _exit(100 + status);
}

static const char* parse(Options* options, int argc, char** argv)
{
  xsCreation* creation = &options->creation;
  for (int a = 1; a < argc; a++) {
    int number = a + 1 < argc ? atoi(argv[a + 1]) : 0;
    if (!strcmp(argv[a], "--fixed"))
      creation->incrementalChunkSize = creation->incrementalHeapCount = 0;
    else if (!strcmp(argv[a], "--shared"))
      options->isShared = 1;
    else if (argv[a][0] != '-')
      options->path = argv[a];
    else if (number <= 0)
      return "an option needs a number";
    else {
      if (!strcmp(argv[a], "--slots"))
        creation->initialHeapCount = number;
      else if (!strcmp(argv[a], "--chunks"))
        creation->initialChunkSize = number;
      else if (!strcmp(argv[a], "--stack"))
        creation->stackCount = number;
      else if (!strcmp(argv[a], "--offset"))
        options->offset = number;
      else
        return "unknown option";
      a++;
    }
  }
  return options->path
      ? NULL
      : "usage: run [--slots N] [--chunks N] [--stack N] [--fixed] [--shared] [--offset N] file";
}

/* Read only: the engine would crash here if it wrote to the code. */
static const char* mapSlot(const char* path, off_t offset, const void** slot, uint32_t* room)
{
  off_t page = offset & ~(off_t)(sysconf(_SC_PAGESIZE) - 1);
  struct stat info;
  char* base;
  int file = open(path, O_RDONLY);
  if ((file < 0) || fstat(file, &info))
    return "cannot read the file";
  if (offset >= info.st_size)
    return "the file is shorter than the offset";
  base = mmap(NULL, info.st_size - page, PROT_READ, MAP_SHARED, file, page);
  close(file);
  if (base == MAP_FAILED)
    return "cannot map the file";
  *slot = base + (offset - page);
  *room = (uint32_t)(info.st_size - offset);
  return NULL;
}

/* As a build for a chip does it: the machine that loaded the modules is not there any more. */
static const char* share(
    Runtime* runtime, xsCreation* creation, const BlobHeader* blob, xsMachine** machine)
{
  static Runtime first;
  xsMachine *the, *shared;
  uint32_t length;
  void* place = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const char* problem = place == MAP_FAILED ? "no room for a shared machine" : NULL;
  if (!problem)
    problem = runtimeCreate(&first, creation, blob, &the);
  if (!problem)
    problem = runtimePreload(the, place, SHARED_SIZE, &shared, &length);
  if (problem)
    return problem;
  mprotect(place, SHARED_SIZE, PROT_READ);
  return runtimeClone(runtime, creation, blob, shared, machine);
}

int main(int argc, char** argv)
{
  static Runtime runtime;
  static Options options = { .creation = { .initialChunkSize = 256 * 1024,
                                 .incrementalChunkSize = 64 * 1024,
                                 .initialHeapCount = 64 * 1024,
                                 .incrementalHeapCount = 16 * 1024,
                                 .stackCount = 640,
                                 .initialKeyCount = 2048,
                                 .incrementalKeyCount = 256,
                                 .nameModulo = 127,
                                 .symbolModulo = 127 } };
  struct rlimit limit = { PROCESS_SIZE_MAX, PROCESS_SIZE_MAX };
  const void* slot = NULL;
  uint32_t room = 0;
  xsMachine* the = NULL;
  int result;
  const char* problem = parse(&options, argc, argv);
  stackLimit = (char*)__builtin_frame_address(0) - C_STACK_SIZE;
#ifndef __SANITIZE_ADDRESS__ /* which wants more address space than any program */
  setrlimit(RLIMIT_DATA, &limit);
#else
  (void)limit;
#endif
  if (!problem)
    problem = mapSlot(options.path, options.offset, &slot, &room);
  if (!problem)
    problem = blobCheck(slot, room);
  if (!problem)
    problem = options.isShared ? share(&runtime, &options.creation, slot, &the)
                               : runtimeCreate(&runtime, &options.creation, slot, &the);
  if (problem) {
    fprintf(stderr, "run: %s\n", problem);
    return 2;
  }
  result = runtimeRun(the);
  xsDeleteMachine(the);
  return result;
}
