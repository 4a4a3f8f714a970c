/* blobc: ES modules (the output of tsc, lowered) -> one prelinked blob. One script is parsed at a
   time, in this order: parse (parse.c), positions (positions.c), prelink (prelink.c); at the end
   all are written (output.c). */
#ifndef COMPILER_H
#define COMPILER_H

#include "xsScript.h"
#include "xsCommon.h"
#include "../engine/blob.h"

typedef struct {
  const char* name; /* as imports resolve it, without extension */
  const char* file; /* for stack traces, or NULL: no positions */
  uint32_t place; /* of its code, where the blob before has it; 0: nowhere */
  txScript* script;
  BlobPosition* positions;
  uint32_t positionCount;
  BlobHost* hosts;
  uint32_t hostCount;
} Module;

typedef struct {
  char** items;
  uint32_t count;
} List;

extern List names; /* identifiers from XS_ID_COUNT on */
extern List natives; /* C functions that the application needs */

/* Prints a line for a person and ends the program with status 1. */
void fail(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Memory, or the end: the caller owns it until the process ends. */
void* allocate(void* former, size_t size);
char* duplicate(const char* text);
/* The index of a string in a list; it is added when it is new. */
uint32_t indexIn(List* list, const char* text);

/* The bytecode of a file. With mxDebugFlag it has line opcodes: those of the source where the file
   has a map
   (*mapped is then 1). Ends the program when the file does not parse. */
txScript* parseModule(const char* path, txUnsigned flags, int* mapped);
/* Adds every native("...") and Native("...") in the text of a file to `natives`, so that the
 * firmware can tell what it lacks. */
void collectNatives(const char* path);

/* How many bytes the instruction at p takes. */
txSize instructionSize(const txByte* p);
/* Puts the identifiers of the whole application in place of those of the module. */
void prelink(Module* module);
/* Fills the positions of a module from a second compilation of it, one with line opcodes. */
void collectPositions(Module* module, txScript* lines);

/* Writes the blob, and says how large it is. The names begin at the offset `namesAt`, where the
   blob before has them, when the code before them leaves room and not too much of it; so does the
   code of each module at its place. What does not change is not moved by what does. The entry
   imports so many of the modules behind it. */
uint32_t writeBlob(const char* path, const Module* modules, uint32_t count, uint32_t imports,
    const char* version, uint32_t namesAt);

#endif
