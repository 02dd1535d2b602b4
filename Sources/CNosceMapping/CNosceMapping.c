#include "CNosceMapping.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// A signal handler can only look at what is at hand everywhere, so the mappings stand in a table
// of the whole program. A slot is taken by its `taken`, and is looked at by the handler as soon as
// its `bytes` is not zero.
enum { SLOTS = 4096 };

struct slot {
  atomic_bool taken;
  atomic_bool torn;
  _Atomic uintptr_t start;
  atomic_size_t bytes;
};

static struct slot slots[SLOTS];
static struct sigaction before;
static uintptr_t page_size;

static void handle(int signal, siginfo_t *information, void *context) {
  (void)context;
  uintptr_t place = (uintptr_t)information->si_addr;
  for (int number = 0; number < SLOTS; number++) {
    size_t bytes = atomic_load(&slots[number].bytes);
    uintptr_t start = atomic_load(&slots[number].start);
    if (bytes == 0 || place < start || place - start >= bytes) continue;
    void *page = (void *)(place & ~(page_size - 1));
    int flags = MAP_PRIVATE | MAP_ANON | MAP_FIXED;
    if (mmap(page, page_size, PROT_READ, flags, -1, 0) == MAP_FAILED) break;
    atomic_store(&slots[number].torn, true);
    return;
  }
  // None of ours: the access is tried again, and meets what was there before.
  sigaction(signal, &before, NULL);
}

__attribute__((constructor)) static void install(void) {
  page_size = (uintptr_t)getpagesize();
  struct sigaction action = {0};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

const void *nosce_map_file(int descriptor, size_t bytes, int *number) {
  for (int candidate = 0; candidate < SLOTS; candidate++) {
    struct slot *slot = &slots[candidate];
    bool free = false;
    if (!atomic_compare_exchange_strong(&slot->taken, &free, true)) continue;
    void *start = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (start == MAP_FAILED) {
      atomic_store(&slot->taken, false);
      return NULL;
    }
    atomic_store(&slot->torn, false);
    atomic_store(&slot->start, (uintptr_t)start);
    atomic_store(&slot->bytes, bytes);
    *number = candidate;
    return start;
  }
  errno = EMFILE;
  return NULL;
}

void nosce_unmap_file(int number) {
  struct slot *slot = &slots[number];
  size_t bytes = atomic_exchange(&slot->bytes, 0);
  if (bytes > 0) munmap((void *)atomic_load(&slot->start), bytes);
  atomic_store(&slot->taken, false);
}

bool nosce_mapping_is_torn(int number) { return atomic_load(&slots[number].torn); }
