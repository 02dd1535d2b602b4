/// Sequences laid end to end, without padding between them.
struct PackedBatch {
  /// One token for each row.
  private(set) var tokens: [Int32] = []
  /// Where each sequence starts, and the end.
  private(set) var offsets: [Int32] = [0]
  private var sequences: [(positions: Range<Int>, length: Int)] = []
  /// The rows that predict a target, and what they should predict (-1 in padding).
  private(set) var targetRows: [Int32] = []
  private(set) var targets: [Int32] = []
  private(set) var targetCount = 0
  private(set) var longest = 0
  /// How many rows products are given.
  private(set) var paddedRows = 0

  var rows: Int { tokens.count }
  var paddedTargets: Int { targets.count }
  var batchRows: BatchRows {
    BatchRows(tokens: tokens, sequences: sequences, padded: paddedRows)
  }

  /// What a training step reads: of each example as much as its last target needs. With a
  /// `precision`, rows and targets are padded to its multiple.
  init(_ examples: [TrainingExample], precision: Precision? = nil) {
    for example in examples {
      let length = example.inputCount
      guard length > 0 else { continue }
      let start = Int32(tokens.count)
      for index in 0..<length where example.isTarget[index + 1] {
        targetRows.append(start + Int32(index))
        targets.append(example.tokens[index + 1])
      }
      append(example.tokens[..<length], length: example.tokens.count)
    }
    finish(precision)
  }

  /// Whole sequences with a prediction asked for at every position.
  init(sequences: [[Int32]]) {
    for sequence in sequences where !sequence.isEmpty {
      let start = Int32(tokens.count)
      for index in sequence.indices {
        targetRows.append(start + Int32(index))
        targets.append(index + 1 < sequence.count ? sequence[index + 1] : -1)
      }
      append(sequence[...], length: sequence.count)
    }
    finish(nil)
  }

  private mutating func append(_ sequence: ArraySlice<Int32>, length: Int) {
    tokens.append(contentsOf: sequence)
    offsets.append(Int32(tokens.count))
    sequences.append((0..<sequence.count, length))
    longest = max(longest, sequence.count)
  }

  private mutating func finish(_ precision: Precision?) {
    targetCount = targets.count
    paddedRows = precision?.padded(rows) ?? rows
    let padded = precision?.padded(targetCount) ?? targetCount
    targets.append(contentsOf: repeatElement(-1, count: padded - targetCount))
  }
}
