import Foundation

/// The processor that this program runs on, as its maker calls it.
package enum Processor {
  /// Instructions that change how numbers are computed, where the system tells.
  private static let telling = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"]

  /// What may be used at most, by this environment variable: so that machines of several kinds compute
  /// the same bytes. The kernels read it themselves.
  package static let limitName = "NOSCE_MAX_ISA"

  /// - Throws: where the variable says what is not known here.
  package static func checkLimit() throws(LabError) {
    guard let most = ProcessInfo.processInfo.environment[limitName], !most.isEmpty else { return }
    guard ["all", "avx2", "vector"].contains(most) else {
      throw LabError(
        .invalidExperiment, "\(limitName): found '\(most)'; allowed: all, avx2, vector")
    }
  }

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
    let most = ProcessInfo.processInfo.environment[limitName] ?? ""
    let known = telling.filter { name in
      flags.contains(name) && (most.isEmpty || most == "all" || (most == "avx2" && name == "avx2"))
    }
    return known.isEmpty ? model : "\(model) (\(known.joined(separator: ", ")))"
  }
}
