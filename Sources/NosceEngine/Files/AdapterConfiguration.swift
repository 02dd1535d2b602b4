import Foundation
import NosceFormats

/// The settings of a LoRA adapter, as a PEFT `adapter_config.json` gives them.
///
/// Module paths are those of the base model without the weight's name:
/// `model.layers.0.self_attn.q_proj`.
package struct AdapterConfiguration: Sendable, Equatable {
  /// Which modules carry an adapter.
  package enum Targets: Sendable, Equatable {
    /// Full paths, or their last parts: `q_proj`, `mlp.up_proj`.
    case names([String])
    /// A regular expression that the whole path must match.
    case pattern(String)
    /// Every linear module except the output head.
    case allLinear
  }

  package var rank: Int
  package var alpha: Double
  package var targets: Targets
  package var dropout: Double = 0
  /// Other ranks for modules whose path ends in what the expression matches; the first one counts.
  package var rankPattern: [ModuleSetting<Int>] = []
  package var alphaPattern: [ModuleSetting<Double>] = []
  /// Scales by α/√r instead of α/r.
  package var rankStabilised = false
  /// Only these layers; nil means all.
  package var layers: [Int]?
  /// The names of the lists whose index is the layer, e.g. `layers`; empty means any.
  package var layersPattern: [String] = []
  /// Modules that carry none although `targets` names them.
  package var excluded: Targets?
  /// The base weight is stored [in, out] (GPT-2); the adapter's shapes stay the same.
  package var fanInFanOut = false
  package var baseModel: String?

  package init(rank: Int, alpha: Double, targets: Targets) {
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
  }
}

/// A setting for the modules whose path ends in what the expression matches.
package struct ModuleSetting<Value: Sendable & Equatable>: Sendable, Equatable {
  package let pattern: String
  package let value: Value
  /// Nil for an expression that cannot be used, which no path matches.
  private let expression: RegularExpression?

  package init(pattern: String, value: Value) {
    self.pattern = pattern
    self.value = value
    expression = try? ModulePattern.ending(pattern)
  }

  func matches(_ modulePath: String) -> Bool { expression?.matchesWhole(modulePath) ?? false }

  package static func == (left: ModuleSetting, right: ModuleSetting) -> Bool {
    left.pattern == right.pattern && left.value == right.value
  }
}

extension AdapterConfiguration {
  package func rank(for modulePath: String) -> Int {
    rankPattern.first { $0.matches(modulePath) }?.value ?? rank
  }

  package func alpha(for modulePath: String) -> Double {
    alphaPattern.first { $0.matches(modulePath) }?.value ?? alpha
  }

  /// The factor of the product B·A.
  package func scaling(for modulePath: String) -> Double {
    let rank = Double(rank(for: modulePath))
    return alpha(for: modulePath) / (rankStabilised ? rank.squareRoot() : rank)
  }

  /// Whether the linear module at this path carries an adapter.
  package func matches(modulePath: String) -> Bool {
    if let excluded, excluded.matches(modulePath) { return false }
    return targets.matches(modulePath) && isInLayers(modulePath)
  }

  private func isInLayers(_ modulePath: String) -> Bool {
    guard let layers, !layers.isEmpty else { return true }
    // The layer is the last whole number that is neither among the first two parts of the path nor
    // its last, and whose list has one of the given names.
    let parts = modulePath.split(separator: ".", omittingEmptySubsequences: false)
    for index in stride(from: parts.count - 2, through: 2, by: -1) {
      guard let layer = Int(parts[index]), parts[index].allSatisfy(\.isNumber) else { continue }
      if layersPattern.isEmpty || layersPattern.contains(String(parts[index - 1])) {
        return layers.contains(layer)
      }
    }
    return false
  }
}

extension AdapterConfiguration.Targets {
  fileprivate func matches(_ modulePath: String) -> Bool {
    switch self {
    case .names(let names):
      names.contains { modulePath == $0 || modulePath.hasSuffix("." + $0) }
    case .pattern(let pattern): ModulePattern.matchesWhole(pattern, modulePath)
    case .allLinear:
      !["lm_head", "embed_out"].contains(modulePath.split(separator: ".").last.map(String.init))
    }
  }
}
