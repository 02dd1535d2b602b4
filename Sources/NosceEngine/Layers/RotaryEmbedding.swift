import CNosceKernels

/// Turns queries and keys by the angles of their positions, and gradients back.
final class RotaryEmbedding {
  /// One for each kind of angles: (rows, rotated channels), half cosines and half sines
  private let angles: [RowBuffer]
  private let tables: [RotaryTable]
  private let compute: Compute
  /// 0, 1, 2…: the row of the angles for each row of the batch.
  private var rowNumbers: [Int32] = []

  init(_ compute: Compute, _ tables: [RotaryTable]) {
    self.compute = compute
    self.tables = tables
    angles = tables.map { RowBuffer(width: $0.channels) }
  }

  var forwardBuffers: [any RowMemory] { angles }

  /// Looks up the angles of all rows, once for all layers.
  func lookUp(_ batch: BatchRows) {
    for (table, rows) in zip(tables, angles) {
      table.fill(rows.pointer, sequences: batch.sequences)
    }
    if rowNumbers.count < batch.count { rowNumbers = (0..<Int32(batch.count)).map { $0 } }
  }

  /// - Parameter fused: (rows, (heads + 2 × key-value heads) × size)
  func forward(_ layer: PlacedLayer, _ fused: MatrixView) { turn(layer, fused, sign: 1) }

  /// - Parameter dfused: (rows, (heads + 2 × key-value heads) × size)
  func backward(_ layer: PlacedLayer, _ dfused: MatrixView) { turn(layer, dfused, sign: -1) }

  private func turn(_ layer: PlacedLayer, _ fused: MatrixView, sign: Float) {
    let attention = layer.attention
    guard let rotary = attention.rotary else { return }
    compute.split(fused.rows) { range in
      rowNumbers.withUnsafeBufferPointer { numbers in
        guard let numbers = numbers.baseAddress else { return }
        let part = fused[rows: range]
        nosce_rotary(
          compute.level, range.count, numbers + range.lowerBound,
          attention.heads + attention.keyValueHeads, attention.headSize, tables[rotary].channels,
          angles[rotary].pointer, sign, part.pointer, part.ld)
      }
    }
  }
}
