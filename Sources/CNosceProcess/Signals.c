#include "CNosceProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

// A handler may call next to nothing (POSIX.1-2017, 2.4.3). It writes a byte here, and an ordinary
// thread does the rest.
static int ends[2] = {-1, -1};

static void tell(int number) {
  (void)number;
  // What was interrupted may be about to read its own error.
  int before = errno;
  char byte = 1;
  // With the pipe full enough has been said.
  if (write(ends[1], &byte, 1) < 0) {}
  errno = before;
}

int nosce_signals_open(void) {
  if (pipe(ends) != 0) return -1;
  for (int end = 0; end < 2; ++end) fcntl(ends[end], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  return 0;
}

int nosce_signals_listen(int number) {
  struct sigaction action = {0};
  action.sa_handler = tell;
  action.sa_flags = SA_RESTART;
  if (sigaction(number, &action, NULL) != 0) return -1;
  // Whoever started the program may have blocked it, and that is inherited.
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, number);
  errno = pthread_sigmask(SIG_UNBLOCK, &heard, NULL);
  return errno == 0 ? 0 : -1;
}

int nosce_signals_wait(void) {
  char byte;
  ssize_t count;
  do {
    count = read(ends[0], &byte, 1);
  } while (count < 0 && errno == EINTR);
  return count == 1 ? 0 : -1;
}
