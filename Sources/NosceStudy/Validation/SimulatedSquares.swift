import Foundation
import NosceCore
import NosceStatistics

/// Squares without a model: each value is what a simulation says of its word and its subject.
package struct SimulatedSquares: Codable, Sendable, Hashable {
  package enum Noise: String, Codable, Sendable, CaseIterable {
    case normal
    /// Exponential, less its mean: most values a little below, a few far above.
    case skewed
    /// Normal with a tenth of the values five times as far off.
    case heavyTails = "heavy tails"
  }

  /// How labels are permuted where a name has several replicates.
  package enum Rule: String, Codable, Sendable, CaseIterable {
    /// As the lab does.
    case jointly
    /// Each replicate by itself, shown because it looks right and errs.
    case independently
  }

  /// The first letters of the names, a text for each family.
  package var families: [String]
  package var replicates: Int
  package var noise: Noise
  /// The standard deviation of a value, in nats.
  package var spread: Double
  /// Of what a word does to another one, the same in all replicates.
  package var pairSpread: Double
  /// Of what moves a whole subject, and what moves a word in all of them.
  package var marginSpread: Double
  /// What every name gains that begins with the letter of the one that was trained.
  package var priming: Double
  /// What the name gains that was trained.
  package var effect: Double

  package init(
    families: [String], replicates: Int = 1, noise: Noise = .normal, spread: Double = 1.5,
    pairSpread: Double = 0, marginSpread: Double = 3, priming: Double = 0, effect: Double = 0
  ) {
    self.families = families
    self.replicates = replicates
    self.noise = noise
    self.spread = spread
    self.pairSpread = pairSpread
    self.marginSpread = marginSpread
    self.priming = priming
    self.effect = effect
  }

  package var design: SquareDesign { SquareDesign(families: families.map(\.count)) }

  /// The values of one experiment.
  package func draw(using generator: inout SeededGenerator) -> [SquareTest.Family] {
    families.map { letters in
      let letters = Array(letters)
      let words = letters.map { _ in marginSpread * generator.normal() }
      let pairs = letters.map { _ in letters.map { _ in pairSpread * generator.normal() } }
      let squares = (0..<replicates).map { _ in
        letters.indices.map { trained in
          let subject = marginSpread * generator.normal()
          return letters.indices.map { asked in
            subject + words[asked] + pairs[trained][asked]
              + (letters[trained] == letters[asked] ? priming : 0)
              + (trained == asked ? effect : 0) + spread * deviation(using: &generator)
          }
        }
      }
      return SquareTest.Family(name: String(letters), replicates: squares)
    }
  }

  private func deviation(using generator: inout SeededGenerator) -> Double {
    switch noise {
    case .normal: return generator.normal()
    case .skewed: return -log(1 - generator.uniform()) - 1
    case .heavyTails: return (generator.uniform() < 0.1 ? 5 : 1) * generator.normal()
    }
  }
}

extension SimulatedSquares {
  /// p by drawn permutations in which every replicate is dealt by itself.
  static func independentP(
    _ families: [SquareTest.Family], draws: Int, using generator: inout SeededGenerator
  ) -> Double {
    func effect(_ order: (Int, Int) -> [Int]) -> Double {
      families.enumerated().reduce(0) { sum, entry in
        let (place, family) = entry
        let parts = family.replicates.enumerated().map { index, square in
          Self.effect(of: square, in: order(place, index))
        }
        return sum + parts.reduce(0, +) / Double(parts.count * families.count)
      }
    }
    let inPlace = families.map { Array(($0.replicates.first ?? []).indices) }
    let observed = effect { place, _ in inPlace[place] }
    var extreme = 0
    for _ in 0..<draws {
      let drawn = effect { place, _ in generator.shuffled(inPlace[place]) }
      if drawn >= observed - 1e-9 { extreme += 1 }
    }
    return Double(1 + extreme) / Double(1 + draws)
  }

  /// Diagonal minus the rest, once rows are dealt to other columns.
  private static func effect(of square: [[Double]], in order: [Int]) -> Double {
    let size = Double(square.count)
    let diagonal = order.enumerated().reduce(0) { $0 + square[$1.offset][$1.element] }
    let all = square.reduce(0) { $0 + $1.reduce(0, +) }
    return diagonal / size - (all - diagonal) / (size * (size - 1))
  }
}
