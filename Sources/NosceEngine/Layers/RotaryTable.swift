import Foundation

/// The cosines and sines of every position: per position, headSize/2 cosines, then as many sines.
final class RotaryTable: @unchecked Sendable {
  // Written in init only, so that any number of threads may read it.
  private let buffer: Buffer<Float>
  let positions: Int

  var pointer: UnsafePointer<Float> { UnsafePointer(buffer.pointer) }

  init(_ configuration: ModelConfiguration) {
    let half = configuration.headDimension / 2
    positions = configuration.maximumPositions
    buffer = Buffer(count: positions * half * 2)
    let frequencies = (0..<half).map { index in
      Float(Self.frequency(index, configuration))
    }
    for position in 0..<positions {
      let row = buffer.pointer + position * half * 2
      for index in 0..<half {
        let angle = Double(Float(position) * frequencies[index])
        row[index] = Float(cos(angle))
        row[half + index] = Float(sin(angle))
      }
    }
  }

  private static func frequency(_ index: Int, _ configuration: ModelConfiguration) -> Double {
    let exponent = Double(2 * index) / Double(configuration.headDimension)
    let plain = 1 / pow(configuration.rotaryBase, exponent)
    switch configuration.rotaryScaling {
    case .none: return plain
    case .linear(let factor): return plain / factor
    case .llama3(let factor, let low, let high, let original):
      let length = 2 * Double.pi / plain
      let longest = Double(original) / low
      let shortest = Double(original) / high
      if length < shortest { return plain }
      if length > longest { return plain / factor }
      let share = (Double(original) / length - low) / (high - low)
      return (1 - share) * plain / factor + share * plain
    }
  }
}
