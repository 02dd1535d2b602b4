/// What Nosce wants to reach against the best peer on the same machine.
enum Targets {
  /// Tokens a second as a multiple of the peer's: with bfloat16 products, and without.
  static func speed(_ one: Case, float32Only: Bool = false) -> Double? {
    if float32Only {
      switch one.workload {
      case "lora": return one.size == "qwen05" ? nil : 1.5
      case "score", "sample": return one.size == "qwen05" ? nil : 2
      case "experiment": return 7
      default: return nil
      }
    }
    let bySize: [String: Double]
    switch one.workload {
    case "lora": bySize = ["tiny": 3, "small": 1.8, "qwen05": 1.7]
    case "full": bySize = ["tiny": 3, "small": 1.7]
    case "sample": bySize = ["tiny": 10, "small": 2, "qwen05": 2]
    case "single": bySize = ["tiny": 5, "small": 1.2, "qwen05": 1]
    case "score": bySize = ["tiny": 8, "small": 2.2, "qwen05": 1.6]
    case "experiment": bySize = ["tiny": 7]
    default: bySize = [:]
    }
    return bySize[one.size]
  }

  /// Peak memory as a share of the peer's, at most.
  static func memory(_ one: Case) -> Double { one.size == "tiny" ? 0.25 : 0.5 }
}
