import Foundation
import NosceFormats

extension Rotary {
  /// The rotary settings of a `config.json`, from `rope_parameters` or the older `rope_theta` +
  /// `rope_scaling`.
  ///
  /// - Parameters:
  ///   - baseKey, shareKey: where the family keeps the base and the share of a head's channels
  ///     that turn, when they are not in one of those objects.
  static func read(
    _ settings: SettingsReader, sizes: CommonSizes, defaultBase: Double = 10000,
    baseKey: String = "rope_theta", defaultShare: Double = 1, shareKey: String? = nil
  ) throws(CheckpointError) -> Rotary {
    // The older object, where there is one, replaces the newer one as a whole.
    let older = try settings.nested("rope_scaling")
    let newer = try settings.nested("rope_parameters")
    let scaling = older ?? newer
    var base = try settings.positive(baseKey, default: defaultBase)
    base = try scaling?.positive("rope_theta", default: base) ?? base
    var share = defaultShare
    if let shareKey { share = try settings.positive(shareKey, default: share) }
    share = try scaling?.positive("partial_rotary_factor", default: share) ?? share
    guard shareKey != nil || share == 1 else {
      throw settings.failure(
        "partial_rotary_factor = \(share)", allowed: "1: every channel of a head is rotated")
    }
    // A share beyond 1 may be beyond every whole number as well.
    let channels = Int(Double(sizes.headSize) * min(share, 2))
    guard share <= 1, channels > 0, channels % 2 == 0 else {
      throw settings.failure(
        "\(channels) rotated channels of \(sizes.headSize) (a share of \(share))",
        allowed: "an even number, at most the size of a head: rotated channels come in pairs")
    }
    var rotary = Rotary(base: base, channels: channels, maximumPositions: sizes.positions)
    if let scaling {
      // Phi-3 has a length outside of the object even where the file does not give it.
      let isPhi = try settings.string("model_type") == "phi3"
      let original = try RotaryScaling.trainedPositions(settings) ?? (isPhi ? 4096 : nil)
      rotary.scaling = try RotaryScaling.read(
        scaling, whole: settings, rotary, original: original)
    }
    return rotary
  }
}

extension RotaryScaling {
  /// Reads one object of rotary settings. Phi-3's older files say "su" or "yarn" for longrope.
  ///
  /// - Parameter original: the length of the first training, where it is given outside of the object.
  static func read(
    _ scaling: SettingsReader, whole settings: SettingsReader, _ rotary: Rotary, original: Int?
  ) throws(CheckpointError) -> RotaryScaling {
    let type = try scaling.string("rope_type", "type") ?? "default"
    let isPhi = try settings.string("model_type") == "phi3"
    if isPhi, ["linear", "dynamic", "llama3"].contains(type) {
      throw settings.failure("rope_type \"\(type)\"", allowed: "default or longrope in Phi-3")
    }
    switch type {
    case "default": return .none
    case "linear": return .linear(factor: try scaling.positive("factor"))
    case "dynamic": return .dynamic(factor: try scaling.positive("factor"))
    case "llama3", "yarn", "longrope", "su":
      var length = original
      if length == nil { length = try trainedPositions(scaling) }
      let original = length ?? rotary.maximumPositions
      if type == "llama3" { return try llama3(scaling, settings, original) }
      if type == "yarn", !isPhi { return .yarn(try yarn(scaling, settings, rotary, original)) }
      return .longrope(try longrope(scaling, settings, rotary, original))
    default:
      throw settings.failure(
        "rope_type \"\(type)\"",
        allowed: "default, linear, dynamic, llama3, yarn or longrope")
    }
  }

  /// The length of the first training as one object of settings gives it.
  ///
  /// Of a file with one object for all layers, the reference library takes it from outside of that
  /// object first; of objects for each kind of layer, from inside only.
  static func trainedPositions(_ settings: SettingsReader) throws(CheckpointError) -> Int? {
    let key = "original_max_position_embeddings"
    guard settings[key] != nil else { return nil }
    return try settings.integer(key, in: 1...Int(Int32.max))
  }

  private static func llama3(
    _ scaling: SettingsReader, _ settings: SettingsReader, _ original: Int
  ) throws(CheckpointError) -> RotaryScaling {
    let low = try scaling.positive("low_freq_factor")
    let high = try scaling.positive("high_freq_factor")
    guard low < high else {
      throw settings.failure(
        "low_freq_factor = \(low), high_freq_factor = \(high)", allowed: "low below high")
    }
    return .llama3(
      factor: try scaling.positive("factor"), lowFrequencyFactor: low, highFrequencyFactor: high,
      originalMaximumPositions: original)
  }

  private static func yarn(
    _ scaling: SettingsReader, _ settings: SettingsReader, _ rotary: Rotary, _ original: Int
  ) throws(CheckpointError) -> Yarn {
    let ratio = Double(rotary.maximumPositions) / Double(original)
    let factor = try scaling.optionalPositive("factor", default: .nan) ?? ratio
    guard !factor.isNaN
    else { throw settings.failure("yarn without factor", allowed: "a factor, or null") }
    func magnitude(_ weight: Double) -> Double {
      factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1
    }
    var standard = magnitude(1)
    if scaling["mscale"] != nil, scaling["mscale_all_dim"] != nil {
      let one = try scaling.nonNegative("mscale", default: 0)
      let all = try scaling.nonNegative("mscale_all_dim", default: 0)
      if one > 0, all > 0 { standard = magnitude(one) / magnitude(all) }
    }
    guard rotary.base > 1 else {
      throw settings.failure("rope_theta = \(rotary.base)", allowed: "more than 1 with yarn")
    }
    return Yarn(
      factor: factor, originalMaximumPositions: original,
      betaFast: try scaling.positive("beta_fast", default: 32),
      betaSlow: try scaling.positive("beta_slow", default: 1),
      truncates: try scaling.bool("truncate", default: true),
      attentionFactor: try scaling.positive("attention_factor", default: standard))
  }

  private static func longrope(
    _ scaling: SettingsReader, _ settings: SettingsReader, _ rotary: Rotary, _ original: Int
  ) throws(CheckpointError) -> LongRope {
    let ratio = try scaling.positive(
      "factor", default: Double(rotary.maximumPositions) / Double(original))
    let standard = ratio <= 1 ? 1 : (1 + log(ratio) / log(Double(original))).squareRoot()
    func factors(_ key: String) throws(CheckpointError) -> [Double] {
      let found = try scaling.positives(key)
      guard found.count == rotary.channels / 2 else {
        throw settings.failure(
          "\(found.count) numbers in \(key)",
          allowed: "\(rotary.channels / 2), one for each pair of channels")
      }
      return found
    }
    return LongRope(
      shortFactors: try factors("short_factor"), longFactors: try factors("long_factor"),
      originalMaximumPositions: original,
      attentionFactor: try scaling.positive("attention_factor", default: standard))
  }
}
