import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceEngine
import NosceExperiment
import NosceFormats

/// Which modules get an adapter of which size, or which adapter a training starts from.
struct AdapterArguments: ParsableArguments {
  @Option(help: "The adapter's rank (8).")
  var rank: Int?

  @Option(help: "The update is alpha / rank times B A (16).")
  var alpha: Double?

  @Option(help: "Ends of module names, such as q_proj,v_proj, or all-linear (the default).")
  var targets: String?

  @Option(help: "Instead: a regular expression that the whole name of a module must match.")
  var targetPattern: String?

  @Option(help: "Ends of names of modules that get none although they are targets.")
  var exclude: String?

  @Option(help: "Only these layers, such as 0,2-5; by default all.")
  var layers: LayerList?

  @Flag(help: "Scale by alpha / sqrt(rank).")
  var rankStabilised = false

  @Option(help: "Another rank for modules whose name ends in a match: PATTERN=N. Again and again.")
  var rankPattern: [PatternSetting] = []

  @Option(help: "Another alpha, in the same way: PATTERN=X.")
  var alphaPattern: [PatternSetting] = []

  @Option(help: "0: the engine has no dropout.")
  var dropout: Double = 0

  @Option(
    help: "Go on from this adapter, whose settings then hold: a folder, or org/name.",
    completion: .directory)
  var `init`: String?

  func validate() throws {
    if let rank, !(1...65_536).contains(rank) {
      throw ValidationError("--rank must be from 1 to 65536.")
    }
    if let alpha, !(alpha > 0 && alpha.isFinite) {
      throw ValidationError("--alpha must be a positive number.")
    }
    if targets != nil, targetPattern != nil {
      throw ValidationError("Give one of --targets and --target-pattern.")
    }
    if dropout != 0 { throw ValidationError("--dropout must be 0: the engine has no dropout.") }
    for pattern in [targetPattern].compactMap(\.self) { try Self.check(pattern) }
    for setting in rankPattern + alphaPattern { try Self.check(setting.pattern) }
    for setting in rankPattern {
      guard let rank = Int(exactly: setting.value), (1...65_536).contains(rank) else {
        throw ValidationError("--rank-pattern \(setting.pattern): a rank is from 1 to 65536.")
      }
    }
    for setting in alphaPattern where !(setting.value > 0 && setting.value.isFinite) {
      throw ValidationError("--alpha-pattern \(setting.pattern): an alpha is a positive number.")
    }
    let changes =
      rank != nil || alpha != nil || targets != nil || targetPattern != nil || exclude != nil
      || layers != nil || rankStabilised || !rankPattern.isEmpty || !alphaPattern.isEmpty
    if `init` != nil, changes {
      throw ValidationError(
        "--init takes rank, alpha, targets and layers from the adapter; give none of them.")
    }
  }

  private static func check(_ pattern: String) throws {
    do throws(RegexError) {
      _ = try RegularExpression("(\(pattern))", dialect: .python)
    } catch {
      throw ValidationError("'\(pattern)' is no regular expression: \(error)")
    }
  }

  /// The adapter at the start.
  func adapter(for model: ModelConfiguration, seed: UInt64) throws -> LoRAAdapter {
    if let start = self.`init` {
      return try LoRAAdapter(
        directory: try ModelLocator.adapter(start, option: "--init"), model: model)
    }
    return try LoRAAdapter(try configuration(for: model), model: model, seed: seed)
  }

  private func configuration(for model: ModelConfiguration) throws -> AdapterConfiguration {
    if let wrong = layers?.layers.first(where: { $0 >= model.layerCount }) {
      throw LabError(
        .invalidExperiment,
        "--layers: found \(wrong); allowed: 0 to \(model.layerCount - 1), the layers of this model")
    }
    var configuration = AdapterConfiguration(
      rank: rank ?? 8, alpha: alpha ?? 16,
      targets: targetPattern.map { .pattern($0) } ?? Self.targets(targets ?? "all-linear"))
    configuration.excluded = exclude.map(Self.targets)
    configuration.layers = layers?.layers
    configuration.rankStabilised = rankStabilised
    configuration.rankPattern = rankPattern.map {
      ModuleSetting(pattern: $0.pattern, value: Int($0.value))
    }
    configuration.alphaPattern = alphaPattern.map {
      ModuleSetting(pattern: $0.pattern, value: $0.value)
    }
    return configuration
  }

  private static func targets(_ text: String) -> AdapterConfiguration.Targets {
    if text == "all-linear" { return .allLinear }
    return .names(
      text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
  }
}

/// Numbers of layers: `0,2-5`.
struct LayerList: ExpressibleByArgument {
  var layers: [Int]

  init?(argument: String) {
    var found: Set<Int> = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first <= last, last < 10_000
      else { return nil }
      found.formUnion(first...last)
    }
    layers = found.sorted()
  }
}

/// A setting for the modules that an expression matches: `PATTERN=NUMBER`.
struct PatternSetting: ExpressibleByArgument {
  var pattern: String
  var value: Double

  init?(argument: String) {
    // An expression may itself contain "=".
    guard let equals = argument.lastIndex(of: "="), equals > argument.startIndex,
      let value = Double(argument[argument.index(after: equals)...])
    else { return nil }
    pattern = String(argument[..<equals])
    self.value = value
  }
}
