/* Source -> bytecode of XS, and what the parser of XS wants from its host. */
#include "compiler.h"

void fxAbort(void* console, int status)
{
  (void)console;
  fail("the parser gave up with status %d (memory or nesting)", status);
}

char* fxCStackLimit(void)
{
  return NULL;
}

txID fxGenerateProfileID(void* console)
{
  (void)console;
  return XS_NO_ID;
}

void fxGenerateTag(void* console, txString buffer, txInteger size, txString path)
{
  (void)console, (void)size, (void)path;
  buffer[0] = 0;
}

void fxVReport(void* console, txString format, c_va_list list)
{
  (void)console;
  vfprintf(stderr, format, list);
}

static void report(const char* kind, txString path, txInteger line, txString format, c_va_list list)
{
  fprintf(stderr, "%s:%d: %s: ", path ? path : "?", (int)line, kind);
  vfprintf(stderr, format, list);
  fprintf(stderr, "\n");
}

void fxVReportError(void* console, txString path, txInteger line, txString format, c_va_list list)
{
  (void)console;
  report("error", path, line, format, list);
}

void fxVReportWarning(void* console, txString path, txInteger line, txString format, c_va_list list)
{
  (void)console;
  report("warning", path, line, format, list);
}

/* The name of the source map that the file names in its last line; the map lies next to it. */
static FILE* openMap(const char* path)
{
  char* mapPath = allocate(NULL, strlen(path) + 5);
  FILE* file;
  sprintf(mapPath, "%s.map", path);
  file = fopen(mapPath, "r");
  free(mapPath);
  return file;
}

txScript* parseModule(const char* path, txUnsigned flags, int* mapped)
{
  txParser _parser, *parser = &_parser;
  txParserJump jump;
  txScript* volatile script = NULL; /* lives across setjmp */
  txString map = NULL;
  FILE* file = fopen(path, "r");
  if (!file)
    fail("cannot read %s: %s", path, strerror(errno));
  fxInitializeParser(parser, NULL, 1024 * 1024, 1993);
  parser->firstJump = &jump;
  if (c_setjmp(jump.jmp_buf) == 0) {
    parser->path = fxNewParserSymbol(parser, (txString)path);
    fxParserTree(parser, file, (txGetter)fgetc, flags, &map);
    fclose(file);
    if (map && (flags & mxDebugFlag) && (file = openMap(path))) {
      fxParserSourceMap(parser, file, (txGetter)fgetc, flags, &map);
      fclose(file);
      /* the coder maps the line of a node only where the node has another path than the parser */
      parser->path = fxNewParserSymbol(parser, map);
      *mapped = 1;
    }
    fxParserHoist(parser);
    fxParserBind(parser);
    script = fxParserCode(parser);
  }
  if (parser->errorCount || !script)
    fail("%s does not parse", path);
  fxTerminateParser(parser);
  return script;
}

static char* readText(const char* path)
{
  FILE* file = fopen(path, "r");
  char* text = NULL;
  size_t size = 0, more;
  if (!file)
    fail("cannot read %s: %s", path, strerror(errno));
  do {
    text = allocate(text, size + 4096 + 1);
    more = fread(text + size, 1, 4096, file);
    size += more;
  } while (more);
  fclose(file);
  text[size] = 0;
  return text;
}

void collectNatives(const char* path)
{
  char *text = readText(path), *at = text, name[128];
  while ((at = strstr(at, "ative(\""))) {
    at += 7;
    if ((sscanf(at, "%127[A-Za-z0-9_]", name) == 1) && !strncmp(at + strlen(name), "\")", 2))
      indexIn(&natives, name);
  }
  free(text);
}
