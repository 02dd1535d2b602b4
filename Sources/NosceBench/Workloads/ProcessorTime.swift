import Foundation

/// What the machine's cores and this process have worked since they began, in seconds.
struct ProcessorTime {
  /// Of all cores together, busy and idle.
  private var total: Double
  private var busy: Double
  /// Of this process alone.
  private var own: Double

  /// nil where the system does not tell: Linux does, in `/proc/stat`.
  static var now: ProcessorTime? {
    #if os(Linux)
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return nil }
    // cpu user nice system idle iowait irq softirq steal, in ticks.
    let fields = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard fields.count == 8 else { return nil }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    let all = fields.reduce(0, +)
    return ProcessorTime(
      total: all / ticks, busy: (all - fields[3] - fields[4]) / ticks, own: ResourceUse.now.seconds)
    #else
    return nil
    #endif
  }

  /// The share of all cores' time since `start` that other programs took.
  func shareOfOthers(since start: ProcessorTime) -> Double {
    let span = total - start.total
    guard span > 0 else { return 0 }
    return max(0, (busy - start.busy) - (own - start.own)) / span
  }
}

/// What the system has counted for this process.
package struct ResourceUse: Sendable {
  /// Of all its threads, in the program and in the system.
  package var seconds: Double
  /// The largest resident memory so far, mapped files included.
  package var peakMebibytes: Int

  package static var now: ResourceUse {
    var usage = rusage()
    #if os(Linux)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let bytesPerUnit = 1024
    #else
    getrusage(RUSAGE_SELF, &usage)
    let bytesPerUnit = 1
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ResourceUse(
      seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      peakMebibytes: Int((Double(usage.ru_maxrss) * Double(bytesPerUnit) / 1_048_576).rounded()))
  }
}
