import CNosceProcess
import Foundation

/// What the program was started with, also where there is no `/proc` to read it from.
package enum ProgramStart {
  /// The words behind the program's name.
  package static var arguments: [String] {
    let told = CommandLine.arguments
    if !told.isEmpty { return Array(told.dropFirst()) }
    return (0..<nosce_argument_count()).dropFirst().compactMap { index in
      nosce_argument(index).map { String(cString: $0) }
    }
  }

  /// Refuses to work where Swift's library for threads would end the program at some time, without
  /// a word: it looks after its threads in `/proc`, and takes one that it cannot find for a fault.
  package static func checkSystem() throws(LabError) {
    try Processor.checkLimit()
    #if os(Linux)
    guard access("/proc/self/task", R_OK) != 0 else { return }
    throw LabError(
      .storage,
      "/proc: found none, and Swift's threads cannot do without; allowed: a system in which it is "
        + "mounted, as by `mount -t proc proc /proc`")
    #endif
  }

  /// The file of the program, whatever links lead to it.
  package static var executable: URL? {
    #if os(Linux)
    // Foundation's own way to it ends the program where there is no /proc.
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = link ?? nosce_executed_file().map { String(cString: $0) }
    return path.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
    #else
    return Bundle.main.executableURL?.resolvingSymlinksInPath()
    #endif
  }
}
