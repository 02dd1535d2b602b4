// What a program was started with, as the system hands it to C.
//
// Swift's own library reads both from /proc, which an empty root, a build sandbox or a rescue system
// may not have: there it finds no arguments at all, and a program would answer every command with
// its help.

#ifndef CNOSCEPROCESS_H
#define CNOSCEPROCESS_H

/// How many words the command line has, the program's name included.
int nosce_argument_count(void);

/// One of them; null beyond the last.
const char *_Nullable nosce_argument(int index);

/// The file that was executed, as it was named to the system; null where that is not told.
const char *_Nullable nosce_executed_file(void);

#endif
