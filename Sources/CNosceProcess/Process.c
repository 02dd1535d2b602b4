#include "CNosceProcess.h"

#include <stddef.h>

#ifdef __linux__
#include <sys/auxv.h>
#endif

static int argument_count = 0;
static char **arguments = NULL;

// Before anything else of the program runs, glibc and Darwin's loader call this as they call main.
__attribute__((constructor)) static void remember(int count, char **values) {
  argument_count = count;
  arguments = values;
}

int nosce_argument_count(void) { return argument_count; }

const char *nosce_argument(int index) {
  return index >= 0 && index < argument_count ? arguments[index] : NULL;
}

const char *nosce_executed_file(void) {
#ifdef __linux__
  return (const char *)getauxval(AT_EXECFN);
#else
  return NULL;
#endif
}
