import Foundation

/// The cosines and sines of positions: for each, channels/2 cosines, then as many sines.
///
/// Those of the first few thousand positions are kept, fewer where heads are very wide; others are
/// computed when they are asked for.
final class RotaryTable: @unchecked Sendable {
  // Written in init only, so that any number of threads may read it.
  /// (positions, rotated channels)
  private let kept: Buffer<Float>
  private let keptPositions: Int
  private let rotary: Rotary
  private let standard: [Float]

  /// How many numbers are kept: 4096 positions of heads of 256 channels.
  private static let mostKept = 1 << 20

  var channels: Int { rotary.channels }

  init(_ rotary: Rotary, positions: Int) {
    self.rotary = rotary
    standard = rotary.frequencies(.standard)
    keptPositions = min(positions, 4096, Self.mostKept / max(1, rotary.channels))
    kept = Buffer(count: keptPositions * rotary.channels)
    for position in 0..<keptPositions {
      write(position, standard, to: kept.pointer + position * rotary.channels)
    }
  }

  /// Writes the row of every position, each in the regime of a sequence of the given length.
  func fill(_ rows: UnsafeMutablePointer<Float>, sequences: [(positions: Range<Int>, length: Int)])
  {
    var row = rows
    for (positions, length) in sequences {
      let regime = rotary.regime(length: length)
      let frequencies = regime == .standard ? standard : rotary.frequencies(regime)
      for position in positions {
        if regime == .standard, position < keptPositions {
          row.update(from: kept.pointer + position * channels, count: channels)
        } else {
          write(position, frequencies, to: row)
        }
        row += channels
      }
    }
  }

  /// The angle is rounded to single precision before its cosine is taken, as the reference does.
  private func write(
    _ position: Int, _ frequencies: [Float], to row: UnsafeMutablePointer<Float>
  ) {
    let half = frequencies.count
    for (index, frequency) in frequencies.enumerated() {
      let angle = Double(Float(position) * frequency)
      row[index] = Float(cos(angle)) * Float(rotary.amplitude)
      row[half + index] = Float(sin(angle)) * Float(rotary.amplitude)
    }
  }
}
