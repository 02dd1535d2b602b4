/// Sequences laid end to end, without padding between them.
struct PackedBatch {
  /// One token for each row; padded at the end to the precision's row multiple.
  private(set) var tokens: [Int32] = []
  private(set) var positions: [Int32] = []
  /// Where each sequence starts, and the end.
  private(set) var offsets: [Int32] = [0]
  /// The rows that predict a target, and what they should predict (-1 in padding).
  private(set) var targetRows: [Int32] = []
  private(set) var targets: [Int32] = []
  /// Without padding.
  let rows: Int
  let targetCount: Int
  private(set) var longest = 0

  var paddedRows: Int { tokens.count }
  var paddedTargets: Int { targets.count }
  var sequences: Int { offsets.count - 1 }

  init(_ examples: ArraySlice<TrainingExample>, precision: Precision) {
    for example in examples {
      let length = example.inputCount
      guard length > 0 else { continue }
      let start = Int32(tokens.count)
      for index in 0..<length {
        tokens.append(example.tokens[index])
        positions.append(Int32(index))
        if example.isTarget[index + 1] {
          targetRows.append(start + Int32(index))
          targets.append(example.tokens[index + 1])
        }
      }
      offsets.append(start + Int32(length))
      longest = max(longest, length)
    }
    rows = tokens.count
    targetCount = targets.count
    pad(precision)
  }

  /// Whole sequences with a prediction asked for at every position.
  init(sequences: [[Int32]], precision: Precision) {
    for sequence in sequences where !sequence.isEmpty {
      let start = Int32(tokens.count)
      for (index, token) in sequence.enumerated() {
        targetRows.append(start + Int32(index))
        targets.append(index + 1 < sequence.count ? sequence[index + 1] : -1)
        tokens.append(token)
        positions.append(Int32(index))
      }
      offsets.append(start + Int32(sequence.count))
      longest = max(longest, sequence.count)
    }
    rows = tokens.count
    targetCount = targets.count
    pad(precision)
  }

  private mutating func pad(_ precision: Precision) {
    let more = precision.padded(rows) - rows
    tokens.append(contentsOf: repeatElement(0, count: more))
    positions.append(contentsOf: repeatElement(0, count: more))
    targets.append(
      contentsOf: repeatElement(-1, count: precision.padded(targetCount) - targetCount))
  }
}
