import Testing

/// Everything that runs the built `nosce`, one test at a time: each keeps all processors busy.
@Suite("The command line", .serialized)
struct CommandLineTests {}
