import Foundation

/// The memory of this process, as the system counts it.
package enum ProcessMemory {
  /// The most that was resident at any time, in bytes.
  package static var peak: Int {
    var usage = rusage()
    guard getrusage(whose, &usage) == 0 else { return 0 }
    #if os(Linux)
    // Linux counts in kilobytes, Darwin in bytes.
    return usage.ru_maxrss * 1024
    #else
    return usage.ru_maxrss
    #endif
  }

  /// What is resident now; where the system does not say, the peak.
  package static var resident: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return peak }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  #if canImport(Glibc)
  private static var whose: __rusage_who_t { __rusage_who_t(RUSAGE_SELF.rawValue) }
  #else
  private static var whose: Int32 { RUSAGE_SELF }
  #endif
}
