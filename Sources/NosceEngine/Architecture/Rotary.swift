import Foundation

/// The angles by which queries and keys are turned, position by position (Su et al. 2021).
package struct Rotary: Sendable, Equatable {
  package var base: Double
  /// How many leading channels of each head are turned; pairs are (j, j + channels / 2).
  package var channels: Int
  package var scaling: RotaryScaling = .none
  /// The positions that the model was made for, which `dynamic` compares a sequence with.
  package var maximumPositions: Int
}

/// How rotary angles are stretched for texts longer than the model was first trained on.
package enum RotaryScaling: Sendable, Equatable {
  case none
  /// Frequencies divided by the factor.
  case linear(factor: Double)
  /// The base grows with the length of the sequence once that passes the model's positions.
  case dynamic(factor: Double)
  /// Low frequencies divided by the factor, high ones kept, those between blended.
  case llama3(
    factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double,
    originalMaximumPositions: Int)
  /// A ramp between kept and divided frequencies, and scaled vectors (Peng et al. 2023).
  case yarn(Yarn)
  /// A divisor for each frequency, one set for short sequences and one for long (Ding et al. 2024).
  case longrope(LongRope)
}

package struct Yarn: Sendable, Equatable {
  package var factor: Double
  package var originalMaximumPositions: Int
  package var betaFast: Double
  package var betaSlow: Double
  package var truncates: Bool
  /// Cosines and sines are multiplied by this.
  package var attentionFactor: Double
}

package struct LongRope: Sendable, Equatable {
  package var shortFactors: [Double]
  package var longFactors: [Double]
  package var originalMaximumPositions: Int
  package var attentionFactor: Double
}

extension Rotary {
  /// How a sequence's length changes the angles of all its positions.
  package enum Regime: Sendable, Hashable {
    case standard
    /// Beyond the original length, with the long factors.
    case long
    /// Beyond the model's positions, with a base for exactly this length.
    case grown(Int)
  }

  package func regime(length: Int) -> Regime {
    switch scaling {
    case .longrope(let rope): length > rope.originalMaximumPositions ? .long : .standard
    case .dynamic: length > maximumPositions ? .grown(length) : .standard
    default: .standard
    }
  }

  /// What cosines and sines are multiplied by.
  package var amplitude: Double {
    switch scaling {
    case .yarn(let yarn): yarn.attentionFactor
    case .longrope(let rope): rope.attentionFactor
    default: 1
    }
  }

  /// The angle per position of each pair of channels.
  ///
  /// Rounded to single precision, in which the reference library computes them.
  package func frequencies(_ regime: Regime) -> [Float] {
    (0..<channels / 2).map { Float(frequency($0, regime)) }
  }

  private func frequency(_ index: Int, _ regime: Regime) -> Double {
    let exponent = Double(2 * index) / Double(channels)
    let plain = 1 / pow(base, exponent)
    switch scaling {
    case .none: return plain
    case .linear(let factor): return plain / factor
    case .dynamic(let factor):
      guard case .grown(let length) = regime else { return plain }
      let stretch = factor * Double(length) / Double(maximumPositions) - (factor - 1)
      let size = Double(channels)
      return 1 / pow(base * pow(stretch, size / (size - 2)), exponent)
    case .llama3(let factor, let low, let high, let original):
      let length = 2 * Double.pi / plain
      let longest = Double(original) / low
      let shortest = Double(original) / high
      if length < shortest { return plain }
      if length > longest { return plain / factor }
      let share = (Double(original) / length - low) / (high - low)
      return (1 - share) * plain / factor + share * plain
    case .yarn(let yarn):
      let kept = 1 - yarn.ramp(index, channels: channels, base: base)
      return plain / yarn.factor * (1 - kept) + plain * kept
    case .longrope(let rope):
      let factors = regime == .long ? rope.longFactors : rope.shortFactors
      return plain / factors[index]
    }
  }
}

extension Yarn {
  /// How far a frequency is on the way from kept (0) to divided by the factor (1).
  fileprivate func ramp(_ index: Int, channels: Int, base: Double) -> Double {
    func channel(turning times: Double) -> Double {
      Double(channels) * log(Double(originalMaximumPositions) / (times * 2 * .pi)) / (2 * log(base))
    }
    var low = channel(turning: betaFast)
    var high = channel(turning: betaSlow)
    if truncates {
      low = low.rounded(.down)
      high = high.rounded(.up)
    }
    low = max(low, 0)
    high = min(high, Double(channels - 1))
    if low == high { high += 0.001 }
    return min(1, max(0, (Double(index) - low) / (high - low)))
  }
}
