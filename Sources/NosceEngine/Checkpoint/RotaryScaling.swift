import NosceFormats

/// How the rotary angles are stretched for texts longer than the model was trained on.
package enum RotaryScaling: Sendable, Equatable {
  case none
  /// Positions divided by the factor.
  case linear(factor: Double)
  /// Low frequencies divided by the factor, high ones kept, those between blended.
  case llama3(
    factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double,
    originalMaximumPositions: Int)
}

extension RotaryScaling {
  /// The base and the scaling, from `rope_parameters` or the older `rope_theta` + `rope_scaling`.
  static func read(
    _ settings: SettingsReader, maximumPositions: Int
  ) throws(CheckpointError) -> (base: Double, scaling: RotaryScaling) {
    let newer = try settings.nested("rope_parameters")
    let older = try settings.nested("rope_scaling")
    let outerBase = try settings.positive("rope_theta", default: 10000)
    let base = try newer?.positive("rope_theta", default: outerBase) ?? outerBase
    guard let scaling = newer ?? older else { return (base, .none) }
    let partial = try scaling.positive("partial_rotary_factor", default: 1)
    guard partial == 1 else {
      throw settings.failure(
        "partial_rotary_factor = \(partial)", allowed: "1: every channel of a head is rotated")
    }
    let type = try scaling.string("rope_type", "type") ?? "default"
    switch type {
    case "default": return (base, .none)
    case "linear": return (base, .linear(factor: try scaling.positive("factor")))
    case "llama3":
      let low = try scaling.positive("low_freq_factor")
      let high = try scaling.positive("high_freq_factor")
      guard low < high else {
        throw settings.failure(
          "low_freq_factor = \(low), high_freq_factor = \(high)", allowed: "low below high")
      }
      let original = try scaling.integer(
        "original_max_position_embeddings", in: 1...Int(Int32.max), default: maximumPositions)
      return (
        base,
        .llama3(
          factor: try scaling.positive("factor"), lowFrequencyFactor: low,
          highFrequencyFactor: high, originalMaximumPositions: original)
      )
    default:
      throw settings.failure("rope_type \"\(type)\"", allowed: "default, linear or llama3")
    }
  }

  /// The older spelling, which every version of the reference library reads.
  var json: JSON {
    switch self {
    case .none: .null
    case .linear(let factor):
      .object([("rope_type", .string("linear")), ("factor", .number(factor))])
    case .llama3(let factor, let low, let high, let original):
      .object([
        ("rope_type", .string("llama3")), ("factor", .number(factor)),
        ("low_freq_factor", .number(low)), ("high_freq_factor", .number(high)),
        ("original_max_position_embeddings", .integer(original)),
      ])
    }
  }
}
