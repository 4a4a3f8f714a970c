/* flock on a file of the directory. The kernel gives it free when the last copy of the descriptor
 * is closed, so one that is inherited through an exec holds it without a gap; its number is fixed,
 * and tells the program after an exec that it has the lock already. */
#define _GNU_SOURCE
#include "lock.h"
#include "reset.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_DESCRIPTOR 200
#define PATH_BYTES 4096

static int isHeld(int file)
{
  struct stat held, wanted;
  return !fstat(LOCK_DESCRIPTOR, &held) && !fstat(file, &wanted) && (held.st_dev == wanted.st_dev)
      && (held.st_ino == wanted.st_ino);
}

static const char* refuse(int file)
{
  static char problem[128];
  char owner[16] = "";
  ssize_t length = pread(file, owner, sizeof(owner) - 1, 0);
  int process = 0;
  if ((length > 0) && (sscanf(owner, "%d", &process) == 1))
    snprintf(problem, sizeof(problem),
        "process %d runs a device on it: end that one, or name another directory", process);
  else
    snprintf(problem, sizeof(problem),
        "another process runs a device on it: end that one, or name another directory");
  return problem;
}

const char* lockTake(const char* directory)
{
  char path[PATH_BYTES];
  const char* problem = NULL;
  int file;
  if (snprintf(path, sizeof(path), "%s/lock", directory) >= (int)sizeof(path))
    return "the path of the state directory is too long";
  file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0)
    return errno == ENOENT ? "there is no such directory" : "its file lock cannot be opened";
  if (!isHeld(file)) {
    if (flock(file, LOCK_EX | LOCK_NB))
      problem = refuse(file);
    else if ((dup2(file, LOCK_DESCRIPTOR) < 0) || ftruncate(file, 0)
        || (dprintf(file, "%d\n", (int)getpid()) < 0))
      problem = "its file lock cannot be written";
  }
  close(file);
  if (!problem)
    resetKeep(LOCK_DESCRIPTOR);
  return problem;
}
