/// What subjects give to their own names more than to the others of their families.
enum SquareEffect {
  /// The mean over families of the mean of the diagonal less the mean of the rest.
  static func of(_ squares: [[[Double]]]) -> Double {
    let effects = squares.map { square in
      let size = Double(square.count)
      let diagonal = square.indices.reduce(0) { $0 + square[$1][$1] }
      let all = square.joined().reduce(0, +)
      return diagonal / size - (all - diagonal) / (size * size - size)
    }
    return effects.reduce(0, +) / Double(effects.count)
  }
}
