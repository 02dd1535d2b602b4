/// A workload on a size.
struct Case: Sendable, Hashable {
  static let workloads = ["lora", "full", "sample", "single", "score", "experiment"]
  static let sizes = ["tiny", "small", "smol135", "qwen05"]

  var workload: String
  var size: String

  /// Training every weight of the largest, and experiments on more than the smallest, are left out.
  static func all(workloads: [String], sizes: [String]) -> [Case] {
    workloads.flatMap { workload in
      sizes.filter { size in
        switch workload {
        case "full": ["tiny", "small"].contains(size)
        case "experiment": size == "tiny"
        default: true
        }
      }.map { Case(workload: workload, size: $0) }
    }
  }

  /// Who is measured, Nosce in the middle of its peers. Without bfloat16 products those who would use
  /// them are left out.
  func contestants(slow: Bool, with instructions: Instructions) -> [Contestant] {
    let all = contestants(slow: slow)
    guard instructions == .avx2 else { return all }
    let narrow = all.filter { contestant in
      switch contestant {
      case .nosce(let mode): mode != "bf16"
      case .torch(let mode, _): mode == "f32"
      case .llama(let mode): mode != "bf16"
      }
    }
    return narrow.contains { $0.isNosce } ? narrow : narrow + [.nosce("f32")]
  }

  private func contestants(slow: Bool) -> [Contestant] {
    switch workload {
    case "lora", "full":
      return [
        .torch("f32"), .torch("amp"), .nosce("bf16"), .nosce("f32"), .torch("bf16"),
      ]
    case "sample":
      return [
        .torch("f32"), .llama("bf16"), .nosce("bf16"), .llama("f16"), .torch("bf16"),
      ]
    case "single":
      return [
        .torch("f32"), .llama("bf16"), .nosce("bf16"), .llama("f16"), .llama("q8_0"),
        .torch("bf16"),
      ]
    case "score":
      let plain = slow ? [Contestant.torch("f32", style: "plain")] : []
      return [.torch("f32", style: "shared"), .nosce("bf16"), .nosce("f32")]
        + [.torch("bf16", style: "shared")] + plain
    default:
      let single = slow ? [Contestant.torch("f32", style: "single")] : []
      return [.torch("f32", style: "batched"), .nosce(nil)] + single
    }
  }

  /// Prompts that `score` reads. The slow way reads fewer; rates stay comparable.
  func items(slow: Bool) -> Int {
    switch size {
    case "tiny": slow ? 20 : 50
    case "small": slow ? 4 : 25
    case "smol135": slow ? 2 : 10
    default: slow ? 1 : 3
    }
  }
}

/// A program in one of its modes.
enum Contestant: Sendable, Equatable, CustomStringConvertible {
  /// nil leaves the precision to the workload.
  case nosce(String?)
  case torch(String, style: String? = nil)
  case llama(String)

  var isNosce: Bool { if case .nosce = self { true } else { false } }

  var description: String {
    switch self {
    case .nosce(let mode): ["nosce", mode].compactMap(\.self).joined(separator: " ")
    case .torch(let mode, let style):
      ["transformers", mode, style].compactMap(\.self).joined(separator: " ")
    case .llama(let mode): "llama.cpp \(mode)"
    }
  }
}
