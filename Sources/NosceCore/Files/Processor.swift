import Foundation

/// The processor that this program runs on, as its maker calls it.
package enum Processor {
  /// Instructions that change how numbers are computed, where the system tells.
  private static let telling = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"]

  /// Such as `AMD EPYC 9V74 (avx2, avx512f, avx512_bf16)`; nil where the system does not say.
  package static var name: String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    func field(_ key: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(key) }?
        .split(separator: ":", maxSplits: 1).last
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    guard let model = field("model name") else { return nil }
    let flags = Set((field("flags") ?? "").split(separator: " ").map(String.init))
    let known = telling.filter(flags.contains)
    return known.isEmpty ? model : "\(model) (\(known.joined(separator: ", ")))"
  }
}
