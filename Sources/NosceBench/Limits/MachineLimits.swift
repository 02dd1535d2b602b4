import CNosceBench
import Foundation
import NosceFormats

/// What this machine can do at most with a number of threads, measured.
package struct MachineLimits: Sendable, Equatable {
  package var threads: Int
  /// Operations a second of 32-bit multiply-adds in registers.
  package var float32Peak: Double
  /// The same for bfloat16 numbers (`vdpbf16ps`); nil on a processor without that instruction.
  package var bfloat16Peak: Double?
  /// Bytes a second read by all threads together, by the KiB that they read over and over.
  package var readBandwidth: [Int: Double]

  package init(
    threads: Int, float32Peak: Double, bfloat16Peak: Double?, readBandwidth: [Int: Double]
  ) {
    self.threads = threads
    self.float32Peak = float32Peak
    self.bfloat16Peak = bfloat16Peak
    self.readBandwidth = readBandwidth
  }

  /// Read sets in KiB: within the cores' own caches, within the shared one, and beyond all.
  package static let readSets = [cacheSet, 16 * 1024, memorySet]
  private static let cacheSet = 4 * 1024
  private static let memorySet = 512 * 1024

  /// The faster of the two number formats.
  package var peak: Double { max(float32Peak, bfloat16Peak ?? 0) }

  /// Bytes a second from the cores' own caches, and from memory.
  package var cacheBandwidth: Double { readBandwidth[Self.cacheSet] ?? memoryBandwidth }
  package var memoryBandwidth: Double { readBandwidth[Self.memorySet] ?? .infinity }

  /// Everything: about a second and half a gigabyte of memory, so in a process of its own.
  package static func measure(threads: Int) -> MachineLimits {
    var limits = peaks(threads: threads)
    for set in readSets {
      limits.readBandwidth[set] = readBandwidth(kibibytes: set, threads: threads)
    }
    return limits
  }

  /// The arithmetic peaks only: a quarter of a second and no memory.
  package static func peaks(threads: Int) -> MachineLimits {
    let float32 = peak(threads: threads, nosce_bench_float32)
    let bfloat16 =
      nosce_bench_has_bfloat16() ? peak(threads: threads, nosce_bench_bfloat16) : nil
    return MachineLimits(
      threads: threads, float32Peak: float32, bfloat16Peak: bfloat16, readBandwidth: [:])
  }

  /// The higher of two measurements: what disturbed one of them is no limit of the machine.
  package func merging(_ other: MachineLimits) -> MachineLimits {
    MachineLimits(
      threads: threads, float32Peak: max(float32Peak, other.float32Peak),
      bfloat16Peak: [bfloat16Peak, other.bfloat16Peak].compactMap(\.self).max(),
      readBandwidth: readBandwidth.merging(other.readBandwidth, uniquingKeysWith: max))
  }

  private static let trials = 5

  private static func peak(
    threads: Int, _ loop: @escaping @Sendable (Int, UnsafeMutablePointer<Float>) -> Double
  ) -> Double {
    // About 25 ms a trial on a core of 4 GHz.
    let rounds = 4_000_000
    return best {
      parallel(threads) { _ in
        var mean: Float = 0
        return loop(rounds, &mean)
      }
    }
  }

  private static func readBandwidth(kibibytes: Int, threads: Int) -> Double {
    let count = kibibytes * 256 / threads / 128 * 128
    let slices = (0..<threads).map { _ in ReadSlice(count: count) }
    // Each trial reads about half a gigabyte.
    let passes = max(1, 512 * 1024 / kibibytes)
    // The thread that reads a slice is the one that wrote it first, and so has it nearby.
    _ = parallel(threads) { slices[$0].fill() }
    return best { parallel(threads) { slices[$0].read(passes: passes) } }
  }

  /// The highest rate of some trials of work that says how much it did.
  private static func best(_ work: () -> Double) -> Double {
    var rate = 0.0
    for _ in 0..<trials {
      let start = ContinuousClock.now
      let done = work()
      rate = max(rate, done / ((ContinuousClock.now - start) / .seconds(1)))
    }
    return rate
  }

  /// The sum of what all threads did.
  private static func parallel(
    _ threads: Int, _ work: @Sendable (Int) -> Double
  ) -> Double {
    let done = ThreadSums(count: threads)
    DispatchQueue.concurrentPerform(iterations: threads) { done.set($0, work($0)) }
    return done.total
  }
}

/// One number for each thread.
///
/// Unchecked, because each thread writes its own place, and `total` is read when all are done.
private final class ThreadSums: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Double>

  init(count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: 0)
  }

  deinit { values.deallocate() }

  func set(_ index: Int, _ value: Double) { values[index] = value }

  var total: Double { values.reduce(0, +) }
}

/// Memory that one thread fills and reads.
///
/// Unchecked, because only the thread that works on the slice's number touches it.
private final class ReadSlice: @unchecked Sendable {
  private let pointer: UnsafeMutablePointer<Float>
  private let count: Int

  init(count: Int) {
    self.count = count
    pointer = UnsafeMutableRawPointer.allocate(
      byteCount: max(count * MemoryLayout<Float>.stride, 64), alignment: 4096
    ).bindMemory(to: Float.self, capacity: count)
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  func fill() -> Double {
    pointer.initialize(repeating: 1, count: count)
    return Double(count)
  }

  func read(passes: Int) -> Double {
    var sum: Float = 0
    return nosce_bench_read(pointer, count, passes, &sum)
  }
}

extension MachineLimits {
  /// Rates in GFLOP/s and GB/s, as `nosce bench limits` prints them.
  package var json: JSON {
    .object([
      ("workload", .string("limits")), ("threads", .integer(threads)),
      ("bf16_gflop_s", bfloat16Peak.map { .rounded($0 / 1e9) } ?? .null),
      ("f32_gflop_s", .rounded(float32Peak / 1e9)),
      (
        "read_gb_s",
        .object(
          readBandwidth.sorted { $0.key < $1.key }.map {
            ("\($0.key)_kib", .rounded($0.value / 1e9))
          })
      ),
    ])
  }

  /// Reads what `json` wrote.
  package init(_ json: JSON) throws(BenchError) {
    guard let object = json.object, let threads = object["threads"]?.integer,
      let float32 = object["f32_gflop_s"]?.number, let reads = object["read_gb_s"]?.object
    else {
      throw BenchError(
        "found \(json.text(indent: 0)); allowed: limits with threads, f32_gflop_s and read_gb_s")
    }
    self.init(
      threads: threads, float32Peak: float32 * 1e9,
      bfloat16Peak: object["bf16_gflop_s"]?.number.map { $0 * 1e9 }, readBandwidth: [:])
    for (key, value) in reads.members {
      guard key.hasSuffix("_kib"), let set = Int(key.dropLast(4)), let rate = value.number else {
        throw BenchError("found the limit \(key); allowed: read_gb_s by KiB, such as 4096_kib")
      }
      readBandwidth[set] = rate * 1e9
    }
  }
}
