import Testing

/// What runs the built `nosce`, one test at a time: each keeps all processors busy, and some have limits on
/// time.
@Suite("The command line", .serialized)
struct CommandLineTests {}

/// The same of runs and trainings, which take longest: beside the others, so that no processor waits while a
/// program reads, plans or writes.
@Suite("The command line, whole runs", .serialized)
struct WholeRunTests {}
