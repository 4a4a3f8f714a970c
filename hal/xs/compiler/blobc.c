/* The command. The first module is the entry.
   usage: blobc [-p] [-n names] [-a offset] [-i count] -v version out.blob name=file.js[@offset] ...
   -p keeps the names and lines of the sources; -n: a file of names, each with a NUL behind it, that
   get the first identifiers in this order, used or not; -a: where the names begin; offset: where
   the code of the module does; if they can; -i: how many modules behind it the entry imports */
#include "compiler.h"

List names, natives;

void fail(const char* format, ...)
{
  va_list list;
  va_start(list, format);
  fprintf(stderr, "blobc: ");
  vfprintf(stderr, format, list);
  fprintf(stderr, "\n");
  va_end(list);
  exit(1);
}

void* allocate(void* former, size_t size)
{
  void* result = realloc(former, size ? size : 1);
  if (!result)
    fail("out of memory");
  return result;
}

char* duplicate(const char* text)
{
  return strcpy(allocate(NULL, strlen(text) + 1), text);
}

uint32_t indexIn(List* list, const char* text)
{
  for (uint32_t i = 0; i < list->count; i++)
    if (!strcmp(list->items[i], text))
      return i;
  list->items = allocate(list->items, (list->count + 1) * sizeof(char*));
  list->items[list->count] = duplicate(text);
  return list->count++;
}

static void readNames(const char* path)
{
  FILE* file = fopen(path, "rb");
  char* bytes;
  long size;
  if (!file || fseek(file, 0, SEEK_END) || ((size = ftell(file)) < 0))
    fail("cannot read %s: %s", path, strerror(errno));
  rewind(file);
  bytes = allocate(NULL, (size_t)size);
  if ((fread(bytes, 1, (size_t)size, file) != (size_t)size) || (size && bytes[size - 1]))
    fail("%s is no file of names", path);
  fclose(file);
  for (char* name = bytes; name < bytes + size; name += strlen(name) + 1)
    indexIn(&names, name);
  free(bytes);
}

/* Takes the number behind the last @ off a path; 0: there is none. */
static uint32_t placeIn(char* path)
{
  char *at = strrchr(path, '@'), *end;
  unsigned long place = at ? strtoul(at + 1, &end, 10) : 0;
  if (!at || *end)
    return 0;
  *at = 0;
  return (uint32_t)place;
}

static void compile(Module* module, const char* name, const char* path, int keepPositions)
{
  int mapped = 0;
  memset(module, 0, sizeof(Module));
  module->name = name;
  module->script = parseModule(path, mxCFlag, &mapped);
  if (keepPositions) {
    txScript* lines = parseModule(path, mxCFlag | mxDebugFlag, &mapped);
    char* file = allocate(NULL, strlen(name) + 4);
    sprintf(file, "%s.%s", name, mapped ? "ts" : "js");
    module->file = file;
    collectPositions(module, lines);
  }
  prelink(module);
  collectNatives(path);
}

int main(int argc, char** argv)
{
  const char *version = NULL, *output = NULL;
  Module* modules = allocate(NULL, argc * sizeof(Module));
  uint32_t count = 0, size, place, namesAt = 0, imports = 0;
  int keepPositions = 0;
  for (int a = 1; a < argc; a++) {
    char* equal = strchr(argv[a], '=');
    if (!strcmp(argv[a], "-p"))
      keepPositions = 1;
    else if (!strcmp(argv[a], "-n") && (a + 1 < argc))
      readNames(argv[++a]);
    else if (!strcmp(argv[a], "-a") && (a + 1 < argc))
      namesAt = (uint32_t)strtoul(argv[++a], NULL, 10);
    else if (!strcmp(argv[a], "-i") && (a + 1 < argc))
      imports = (uint32_t)strtoul(argv[++a], NULL, 10);
    else if (!strcmp(argv[a], "-v") && (a + 1 < argc))
      version = argv[++a];
    else if (!equal)
      output = argv[a];
    else {
      *equal = 0;
      place = placeIn(equal + 1);
      compile(&modules[count], argv[a], equal + 1, keepPositions);
      modules[count++].place = place;
    }
  }
  if (!version || !output || !count)
    fail("usage: blobc [-p] [-n names] [-a offset] [-i count] -v version out.blob "
         "name=file.js[@offset] ...");
  size = writeBlob(output, modules, count, imports, version, namesAt);
  printf("%s: version %s, %u bytes, %u modules, %u names, %u natives\n", output, version, size,
      count, names.count, natives.count);
  return 0;
}
