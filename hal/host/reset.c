/* A reset is an exec of the same program with the same arguments. Two words of the environment take
   the place of what a chip keeps through a reset: the cause, and the number of flash operations
   until a planned power cut. */
#define _GNU_SOURCE
#include "reset.h"
#include "file.h"
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64
#define ARGUMENT_BYTES_MAX 8192
#define ENVIRONMENT_MAX 256
#define STACK_BYTES 65536
#define FILES_MAX 1024

extern char** environ;

static char cause[] = "XS_FUMO_CAUSE=0";
static char cut[] = "XS_FUMO_CUT=0000000000";
static char argumentBytes[ARGUMENT_BYTES_MAX];
static char* arguments[ARGUMENTS_MAX];
static char* environment[ENVIRONMENT_MAX];
static int kept = STDERR_FILENO;
static int watchdogMs;
static volatile sig_atomic_t off;

/* All that exec needs is made here, since a signal handler must not allocate. */
static void saveArguments(void)
{
  int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC), count = 0;
  ssize_t length = file >= 0 ? read(file, argumentBytes, sizeof(argumentBytes) - 1) : 0;
  for (ssize_t at = 0; (at < length) && (count < ARGUMENTS_MAX - 1);
       at += (ssize_t)strlen(argumentBytes + at) + 1)
    arguments[count++] = argumentBytes + at;
  if (file >= 0)
    close(file);
}

static void saveEnvironment(void)
{
  int count = 0;
  for (char** word = environ; *word && (count < ENVIRONMENT_MAX - 3); word++)
    if (strncmp(*word, "XS_FUMO_CAUSE=", 14) && strncmp(*word, "XS_FUMO_CUT=", 12))
      environment[count++] = *word;
  environment[count++] = cause;
  environment[count] = cut;
}

ResetCause resetStart(void)
{
  const char* left = getenv("XS_FUMO_CAUSE");
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL); /* an exec inside a handler leaves its signal blocked */
  saveArguments();
  saveEnvironment();
  return left && (left[0] >= '0') && (left[0] < '0' + RESET_UNKNOWN) && !left[1]
      ? (ResetCause)(left[0] - '0')
      : RESET_POWER;
}

void resetKeep(int file)
{
  kept = file;
}

/* A chip that starts again has no open sockets: one that was handed on would keep its port. */
static void closeFiles(unsigned from, unsigned to)
{
  if ((from > to) || !close_range(from, to, 0))
    return;
  for (unsigned file = from; (file <= to) && (file < FILES_MAX); file++)
    close((int)file);
}

static void setTimer(int timeoutMs)
{
  struct itimerval timer = { .it_value = {
                                 .tv_sec = timeoutMs / 1000, .tv_usec = timeoutMs % 1000 * 1000 } };
  setitimer(ITIMER_REAL, &timer, NULL);
}

/* A timer goes through an exec, and its signal would end a program that does not catch it yet. */
void resetNow(ResetCause why)
{
  uint32_t number = flashFileCutLeft();
  int log = flashFileLog();
  unsigned low = (unsigned)(log && (log < kept) ? log : kept);
  unsigned high = (unsigned)(log > kept ? log : kept);
  setTimer(0);
  cause[sizeof(cause) - 2] = (char)('0' + why);
  for (int i = 0; i < 10; i++, number /= 10)
    cut[sizeof(cut) - 2 - i] = (char)('0' + number % 10);
  closeFiles(STDERR_FILENO + 1, low - 1);
  closeFiles(low + 1, high - 1);
  closeFiles(high + 1, UINT_MAX);
  execve("/proc/self/exe", arguments, environment);
  _exit(6);
}

static void onSignal(int number)
{
  resetNow(number == SIGALRM ? RESET_WATCHDOG : RESET_PANIC);
}

static void onSwitch(int number)
{
  (void)number;
  off = 1;
}

int resetOff(void)
{
  return off;
}

void resetGuard(int timeoutMs)
{
  static const int signals[] = { SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
  static uint8_t stack[STACK_BYTES];
  stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
  struct sigaction action = { .sa_handler = onSignal, .sa_flags = SA_ONSTACK };
  struct sigaction last = { .sa_handler = onSwitch, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND };
  sigaltstack(&other, NULL);
  for (unsigned i = 0; i < sizeof(signals) / sizeof(*signals); i++)
    sigaction(signals[i], &action, NULL);
  sigaction(SIGTERM, &last, NULL);
  watchdogMs = timeoutMs;
  resetFeed();
}

void resetFeed(void)
{
  setTimer(watchdogMs);
}

void resetPause(void)
{
  setTimer(0);
}
