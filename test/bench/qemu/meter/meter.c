/* A plugin of QEMU that counts the instructions that a board executes: not those that -icount skips
   while its processor sleeps. The firmware knows nothing of it.

   -plugin meter.so,map=FILE[,profile=FILE]

   Before each line that the board prints, the standard output gets "instructions N": N since the
   last reset. With a profile, the file gets after each such line "mark", and what was spent since
   the one before: "function I N" for instructions of the map's function I itself, "position I N"
   for those of the bytecode from its position I on, with all that it calls in C.

   The map is lines of hexadecimal addresses, each kind in ascending order:
   reset ADDRESS               the first instruction after a reset
   line ADDRESS                the entry of a function that begins a line
   interpreter START END       what reads bytecode
   bytecode START END
   function START END
   position ADDRESS */
#include "qemu.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

EXPORTED int qemu_plugin_version = METER_API;
EXPORTED int qemu_plugin_install(
    qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv);

#define LINES_MAX 16
#define NONE UINT32_MAX

/* Counters that QEMU adds to while the board's one processor runs. */
#if METER_API == 1
typedef uint64_t* Counters;
#else
typedef struct qemu_plugin_scoreboard* Counters;
#endif

typedef struct {
  uint32_t start, end;
} Range;

static uint32_t resetAt, lineAt[LINES_MAX];
static size_t lineCount;
static Range interpreter, bytecode;
static Range* functions;
static size_t functionCount;
static size_t positionCount;
static uint32_t* positionOf; /* by offset in the bytecode */

static Counters executed;
static uint64_t executedAtReset;

static FILE* profile;
static Counters inFunction; /* one more for what is in none */
static uint64_t* inPosition;
static uint32_t position = NONE;
static uint64_t positionSince;

static void* allocate(void* former, size_t size)
{
  void* result = realloc(former, size);
  if (result)
    return result;
  fprintf(stderr, "meter: out of memory\n");
  exit(1);
}

static Counters newCounters(size_t length)
{
#if METER_API == 1
  return memset(allocate(NULL, length * sizeof(uint64_t)), 0, length * sizeof(uint64_t));
#else
  return qemu_plugin_scoreboard_new(length * sizeof(uint64_t));
#endif
}

/* Where they are, until another processor comes. */
static uint64_t* valuesOf(Counters counters)
{
#if METER_API == 1
  return counters;
#else
  return qemu_plugin_scoreboard_find(counters, 0);
#endif
}

/* Adds 1 to a counter each time that the instruction is executed. */
static void count(struct qemu_plugin_insn* instruction, Counters counters, size_t index)
{
#if METER_API == 1
  qemu_plugin_register_vcpu_insn_exec_inline(
      instruction, QEMU_PLUGIN_INLINE_ADD_U64, &counters[index], 1);
#else
  qemu_plugin_u64 entry = { counters, index * sizeof(uint64_t) };
  qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
      instruction, QEMU_PLUGIN_INLINE_ADD_U64, entry, 1);
#endif
}

static uint64_t executedSoFar(void)
{
  return *valuesOf(executed);
}

/* The map */

static void addFunction(uint32_t start, uint32_t end)
{
  functions = allocate(functions, (functionCount + 1) * sizeof(Range));
  functions[functionCount++] = (Range){ start, end };
}

static void addPosition(uint32_t address)
{
  size_t length = bytecode.end - bytecode.start;
  if (!positionOf) {
    positionOf = allocate(NULL, length * sizeof(uint32_t));
    memset(positionOf, 0xFF, length * sizeof(uint32_t));
  }
  if ((address >= bytecode.start) && (address < bytecode.end))
    positionOf[address - bytecode.start] = (uint32_t)positionCount++;
}

/* A position goes on to the next one. */
static void fillPositions(void)
{
  for (size_t i = 1; positionOf && (i < bytecode.end - bytecode.start); i++)
    if (positionOf[i] == NONE)
      positionOf[i] = positionOf[i - 1];
}

/* 0: done. */
static int readMap(const char* path)
{
  FILE* file = path ? fopen(path, "r") : NULL;
  char line[80], kind[16];
  if (!file)
    return -1;
  while (fgets(line, sizeof(line), file)) {
    Range range = { 0, 0 };
    if (sscanf(line, "%15s %" SCNx32 " %" SCNx32, kind, &range.start, &range.end) < 2)
      return -1;
    if (!strcmp(kind, "reset"))
      resetAt = range.start;
    else if (!strcmp(kind, "line") && (lineCount < LINES_MAX))
      lineAt[lineCount++] = range.start;
    else if (!strcmp(kind, "interpreter"))
      interpreter = range;
    else if (!strcmp(kind, "bytecode"))
      bytecode = range;
    else if (!strcmp(kind, "function"))
      addFunction(range.start, range.end);
    else if (!strcmp(kind, "position"))
      addPosition(range.start);
    else
      return -1;
  }
  fclose(file);
  fillPositions();
  return 0;
}

static size_t functionAt(uint32_t address)
{
  size_t low = 0, high = functionCount;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (functions[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low && (address < functions[low - 1].end) ? low - 1 : functionCount;
}

/* What is counted */

static void leavePosition(void)
{
  uint64_t now = executedSoFar();
  if (position != NONE)
    inPosition[position] += now - positionSince;
  positionSince = now;
}

static void writeCounts(const char* kind, uint64_t* counts, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (counts[i])
      fprintf(profile, "%s %zu %" PRIu64 "\n", kind, i, counts[i]);
  memset(counts, 0, length * sizeof(uint64_t));
}

static void writeProfile(void)
{
  leavePosition();
  writeCounts("function", valuesOf(inFunction), functionCount + 1);
  writeCounts("position", inPosition, positionCount);
  fprintf(profile, "mark\n");
}

static void onLine(unsigned int vcpu, void* data)
{
  (void)vcpu, (void)data;
  dprintf(STDOUT_FILENO, "instructions %" PRIu64 "\n", executedSoFar() - executedAtReset);
  if (profile)
    writeProfile();
}

static void onReset(unsigned int vcpu, void* data)
{
  (void)vcpu, (void)data;
  executedAtReset = executedSoFar();
  if (profile)
    leavePosition();
  position = NONE;
}

static void onBytecode(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void* data)
{
  (void)vcpu, (void)info, (void)data;
  if ((address < bytecode.start) || (address >= bytecode.end))
    return;
  leavePosition();
  position = positionOf ? positionOf[address - bytecode.start] : NONE;
}

static void onBlock(qemu_plugin_id_t id, struct qemu_plugin_tb* block)
{
  size_t length = qemu_plugin_tb_n_insns(block);
  (void)id;
  for (size_t i = 0; i < length; i++) {
    struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
    uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(instruction);
    count(instruction, executed, 0);
    if (address == resetAt)
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, onReset, QEMU_PLUGIN_CB_NO_REGS, NULL);
    for (size_t line = 0; line < lineCount; line++)
      if (address == lineAt[line])
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, onLine, QEMU_PLUGIN_CB_NO_REGS, NULL);
    if (!profile)
      continue;
    count(instruction, inFunction, functionAt(address));
    /* Nothing is written to bytecode; QEMU 7.2 takes reads for writes when it is asked for one. */
    if ((address >= interpreter.start) && (address < interpreter.end))
      qemu_plugin_register_vcpu_mem_cb(
          instruction, onBytecode, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
  }
}

static void onExit(qemu_plugin_id_t id, void* data)
{
  (void)id, (void)data;
  writeProfile();
  fclose(profile);
}

/* The value of the option `name`, or NULL. */
static const char* option(int argc, char** argv, const char* name)
{
  size_t length = strlen(name);
  for (int i = 0; i < argc; i++)
    if (!strncmp(argv[i], name, length) && (argv[i][length] == '='))
      return argv[i] + length + 1;
  return NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv)
{
  const char* path = option(argc, argv, "profile");
  (void)info;
  if (readMap(option(argc, argv, "map"))) {
    fprintf(stderr, "meter: the map cannot be read\n");
    return -1;
  }
  if (path) {
    profile = fopen(path, "w");
    if (!profile) {
      fprintf(stderr, "meter: cannot write %s\n", path);
      return -1;
    }
    inFunction = newCounters(functionCount + 1);
    inPosition = allocate(NULL, (positionCount + 1) * sizeof(uint64_t));
    memset(inPosition, 0, (positionCount + 1) * sizeof(uint64_t));
    qemu_plugin_register_atexit_cb(id, onExit, NULL);
  }
  executed = newCounters(1);
  qemu_plugin_register_vcpu_tb_trans_cb(id, onBlock);
  return 0;
}
