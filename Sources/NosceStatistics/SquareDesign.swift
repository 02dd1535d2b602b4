/// How many names the families of a square have: what its test can reach is known before any result.
package struct SquareDesign: Equatable, Sendable {
  /// The most arrangements that are all visited; beyond, `drawCount` are drawn.
  package static let enumerationLimit = 1_000_000
  package static let drawCount = 99_999
  /// A square that cannot give so small a p is no test worth its trainings.
  package static let largestSmallestP = 0.01
  package static let fewestSubjects = 8
  /// A single family has fewer names than that, and is enough by itself.
  package static let singleFamily = 5...6

  /// The number of names of each family.
  package var families: [Int]

  package init(families: [Int]) { self.families = families }

  /// Names, and so subjects, replicates not counted: the name is the unit.
  package var subjects: Int { families.reduce(0, +) }

  /// In how many ways labels can be dealt within all families.
  package var arrangements: Double {
    families.reduce(1) { product, names in
      (1...max(1, names)).reduce(product) { $0 * Double($1) }
    }
  }

  package var isEnumerated: Bool { arrangements <= Double(Self.enumerationLimit) }

  /// The smallest p that the test can give, whatever the data.
  package var smallestReachableP: Double {
    isEnumerated ? 1 / arrangements : 1 / Double(Self.drawCount + 1)
  }

  /// Throws unless the design is one from which something can be concluded.
  package func check() throws {
    guard !families.isEmpty, families.allSatisfy({ $0 >= 2 }) else {
      throw StatisticsError.refusedDesign(
        name: "square", found: "families of \(sizes) names", allowed: Self.rule)
    }
    if families.count == 1, Self.singleFamily.contains(families[0]) { return }
    guard subjects >= Self.fewestSubjects, isAtMost(smallestReachableP, Self.largestSmallestP)
    else {
      throw StatisticsError.refusedDesign(
        name: "square",
        found: "\(families.count == 1 ? "one family" : "families") of \(sizes) names, "
          + "with a smallest p of \(smallestReachableP)", allowed: Self.rule)
    }
  }

  private var sizes: String {
    families.isEmpty ? "no" : families.map(String.init).joined(separator: ", ")
  }

  private static let rule =
    "families of two names or more: one of \(singleFamily.lowerBound) or \(singleFamily.upperBound) "
    + "names, or at least \(fewestSubjects) names in all and a smallest p of at most "
    + "\(largestSmallestP)"
}
