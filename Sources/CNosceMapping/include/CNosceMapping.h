// Files mapped into memory, which may become shorter while they are.
//
// Touching a page behind a file's new end raises SIGBUS, which ends a program with no word of why.
// Here such a page is replaced by one of zeros, and the mapping is marked as torn: whoever reads it
// asks afterwards, and says so.

#ifndef CNOSCEMAPPING_H
#define CNOSCEMAPPING_H

#include <stdbool.h>
#include <stddef.h>

/// Maps `bytes` bytes of an open file for reading.
///
/// Returns null where that fails, with errno set; EMFILE where too many files are mapped at once.
/// `number` is what the other functions know the mapping by.
const void *_Nullable nosce_map_file(int descriptor, size_t bytes, int *_Nonnull number);

void nosce_unmap_file(int number);

/// Whether a page was touched that the file did not have any more.
bool nosce_mapping_is_torn(int number);

#endif
