/// The rows of a pass: token positions, sequence after sequence.
struct BatchRows {
  /// One for each row.
  let tokens: [Int32]
  /// The positions of each sequence's rows, and how long the sequence is with what stands before.
  let sequences: [(positions: Range<Int>, length: Int)]
  /// Products are given more rows than there are; what the others hold does not matter.
  let padded: Int

  var count: Int { tokens.count }

  var positions: [Int32] { sequences.flatMap { $0.positions.map(Int32.init) } }
}
