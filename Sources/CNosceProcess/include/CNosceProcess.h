// What a program is told by the system: what it was started with, and its signals.
//
// Swift's own library reads the command line and the program's file from /proc, which an empty root,
// a build sandbox or a rescue system may not have: there it finds no arguments at all, and a program
// would answer every command with its help. Its signal sources listen only some time after they were
// asked to.

#ifndef CNOSCEPROCESS_H
#define CNOSCEPROCESS_H

/// How many words the command line has, the program's name included.
int nosce_argument_count(void);

/// One of them; null beyond the last.
const char *_Nullable nosce_argument(int index);

/// The file that was executed, as it was named to the system; null where that is not told.
const char *_Nullable nosce_executed_file(void);

// Signals. To be opened once; what is listened to arrives from the moment that the call returns.
// Each returns 0, or -1 with the reason in errno.

int nosce_signals_open(void);

/// System calls that the signal interrupts go on. The calling thread is one that can hear it from now
/// on.
int nosce_signals_listen(int number);

/// Waits on the calling thread until one more signal has arrived.
int nosce_signals_wait(void);

#endif

