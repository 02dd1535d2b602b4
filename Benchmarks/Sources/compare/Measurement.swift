import Foundation

/// One result line, whoever printed it: the fields that a comparison reads.
struct Measurement: Sendable, Equatable, Decodable {
  var workload: String
  var model: String
  var mode: String
  /// Who was measured: a contestant's description.
  var contestant: String
  var tokensPerSecond: Double
  /// MiB that the process held at most.
  var peakMemory: Double
  /// The other programs' share of the cores while it ran.
  var others: Double?
  var firstLoss: Double?
  var firstScores: Double?
  var peakShare: Double?
  var wallOf20Cells: Double?
  /// Seconds of the median repetition, the fastest and the slowest.
  var seconds: Double?
  var fastest: Double?
  var slowest: Double?
  /// Useful operations a second, and what the processor's registers would do in 32 bits, in 10^9.
  var rate: Double?
  var float32Peak: Double?
  var bfloat16Peak: Double?
  var instructions: Instructions?

  private enum CodingKeys: String, CodingKey {
    case workload, model, mode, contestant
    case tokensPerSecond = "tok_s"
    case peakMemory = "rss_mib"
    case others = "others_cpu"
    case firstLoss = "loss_first"
    case firstScores = "sum_logprob_first_item"
    case peakShare = "of_bf16_peak"
    case wallOf20Cells = "wall_20_cells_s"
    case seconds, instructions
    case fastest = "min"
    case slowest = "max"
    case rate = "gflop_s"
    case float32Peak = "f32_peak_gflop_s"
    case bfloat16Peak = "bf16_peak_gflop_s"
  }

  init(line: String) throws {
    self = try JSONDecoder().decode(Measurement.self, from: Data(line.utf8))
  }

  /// Of the peak of the arithmetic that the machine offered.
  var share: Double? {
    peakShare ?? rate.flatMap { rate in float32Peak.map { rate / $0 } }
  }

  /// Whether the processor had no bfloat16 products, or was kept from them.
  var isFloat32Only: Bool {
    instructions == .avx2 || (float32Peak != nil && bfloat16Peak == nil)
  }

  var isNosce: Bool { contestant.hasPrefix("nosce") }

  /// Whether other programs took more of the cores than a comparison bears.
  var isDisturbed: Bool { (others ?? 0) > 0.05 }

  var summary: String {
    "\(Text.number(tokensPerSecond)) tokens/s, \(Text.number(peakMemory)) MiB"
      + (isDisturbed ? ", disturbed (\(Text.percentage(others ?? 0)) of the cores)" : "")
  }

  /// The line with the contestant's name in it.
  static func marked(
    _ line: String, by contestant: String, with instructions: Instructions = .all
  ) throws -> String {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    guard var fields = object as? [String: Any] else {
      throw Programs.Failure(description: "found no JSON object: \(line.prefix(200))")
    }
    fields["contestant"] = contestant
    fields["instructions"] = instructions.rawValue
    fields["at"] = Date().ISO8601Format()
    let data = try JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys])
    return String(decoding: data, as: UTF8.self)
  }
}

/// A file of result lines that only grows.
struct Results {
  private let handle: FileHandle

  init(file: URL) throws {
    if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
    handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
  }

  func append(_ line: String) throws { try handle.write(contentsOf: Data((line + "\n").utf8)) }

  static func read(_ file: URL) throws -> [Measurement] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").enumerated().map {
      number, line in
      do {
        return try Measurement(line: String(line))
      } catch {
        throw Programs.Failure(
          description: "\(file.path): line \(number + 1) is no result: \(error)")
      }
    }
  }
}
