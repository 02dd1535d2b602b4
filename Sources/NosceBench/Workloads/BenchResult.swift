import NosceEngine
import NosceFormats
import NosceStatistics

/// What a workload measured.
package struct BenchResult: Sendable {
  package var precision: Precision
  /// Tokens of one repetition, as the workload counts them.
  package var tokens: Int
  /// Seconds of each repetition.
  package var seconds: [Double]
  /// Useful floating-point operations of one repetition.
  package var operations: Double
  /// Reading the model and making what the repetitions work with.
  package var loading: Double
  /// Work done once so that the repetitions find everything in place.
  package var warmUp: Double
  package var disturbance: Disturbance?
  /// Facts that only this workload has.
  package var details: [(key: String, value: JSON)] = []

  /// Not a number where nothing was timed.
  package var medianSeconds: Double { seconds.median ?? .nan }

  /// The result as one JSON object.
  ///
  /// - Parameters:
  ///   - program: name and version.
  ///   - limits: the peaks that the same process measured.
  ///   - peakMemory: MiB that the process held at most.
  package func json(
    _ request: BenchRequest, program: String, limits: MachineLimits, peakMemory: Int
  ) -> JSON {
    let rate = operations / medianSeconds
    var members: [(key: String, value: JSON)] = [
      ("workload", .string(request.workload.rawValue)),
      ("peer", .string(program)),
      ("model", .string(request.modelName)),
      ("mode", .string(precision.label)),
      ("threads", .integer(request.threads)),
      ("tokens", .integer(tokens)),
      ("seconds", .rounded(medianSeconds)),
      ("min", .rounded(seconds.min() ?? .nan)),
      ("max", .rounded(seconds.max() ?? .nan)),
      ("reps", .integer(seconds.count)),
      ("tok_s", .rounded(Double(tokens) / medianSeconds)),
      ("gflop", .rounded(operations / 1e9)),
      ("gflop_s", .rounded(rate / 1e9)),
      ("of_bf16_peak", limits.bfloat16Peak.map { .rounded(rate / $0) } ?? .null),
      ("rss_mib", .integer(peakMemory)),
      ("load_s", .rounded(loading)),
      ("warmup_s", .rounded(warmUp)),
      ("bf16_peak_gflop_s", limits.bfloat16Peak.map { .rounded($0 / 1e9) } ?? .null),
      ("f32_peak_gflop_s", .rounded(limits.float32Peak / 1e9)),
    ]
    if let disturbance {
      members += [
        ("others_cpu", .rounded(disturbance.others)), ("tries", .integer(disturbance.tries)),
      ]
    }
    return .object(members + details)
  }
}

extension Precision {
  /// As results name it.
  package var label: String { self == .bfloat16 ? "bf16" : "f32" }
}
