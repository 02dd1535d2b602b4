/// The order of a stored tensor's numbers against the engine's [out, in].
///
/// Biases follow their module: the rows of an interleaved module are put in order, and there are no
/// columns to turn.
extension ParameterLayout.Tensor {
  /// [rows, columns] as the engine has it.
  var rows: Int { storage == .columns && isMatrix ? shape[1] : shape[0] }
  var columns: Int { isMatrix ? count / rows : 1 }

  /// Whether the stored numbers are in the engine's order already.
  var isInOrder: Bool { storage == .rows || (storage == .columns && !isMatrix) }

  /// The stored row that is the engine's row.
  ///
  /// An interleaved module stores head by head a query, a key and a value; the engine has all
  /// queries, then all keys, then all values.
  func storedRow(_ row: Int) -> Int {
    guard case .interleavedHeads(let count, let size) = storage else { return row }
    let (kind, rest) = row.quotientAndRemainder(dividingBy: count * size)
    let (head, channel) = rest.quotientAndRemainder(dividingBy: size)
    return (head * 3 + kind) * size + channel
  }

  /// The engine's numbers in the stored order.
  func stored(_ values: UnsafePointer<Float>) -> [Float] {
    if isInOrder { return Array(UnsafeBufferPointer(start: values, count: count)) }
    var result = [Float](repeating: 0, count: count)
    for row in 0..<rows {
      let from = values + row * columns
      if storage == .columns {
        for column in 0..<columns { result[column * rows + row] = from[column] }
      } else {
        let to = storedRow(row) * columns
        for column in 0..<columns { result[to + column] = from[column] }
      }
    }
    return result
  }
}

extension CheckpointWeights {
  /// Reads some rows of a tensor in the engine's order, widened to floats, into `target`.
  func read(
    _ tensor: ParameterLayout.Tensor, as name: String, rows: Range<Int>,
    into target: UnsafeMutablePointer<Float>
  ) throws {
    let columns = tensor.columns
    let type = try dtype(of: name)
    try withBytes(of: name) { bytes in
      guard let start = bytes.baseAddress else { return }
      if tensor.storage == .columns, tensor.isMatrix {
        let wide = Buffer<Float>(count: rows.count)
        for column in 0..<columns {
          let from = start + (column * tensor.rows + rows.lowerBound) * type.byteWidth
          type.widen(from, rows.count, into: wide.pointer)
          for row in 0..<rows.count { target[row * columns + column] = wide.pointer[row] }
        }
      } else if tensor.isInOrder {
        let from = start + rows.lowerBound * columns * type.byteWidth
        type.widen(from, rows.count * columns, into: target)
      } else {
        for (index, row) in rows.enumerated() {
          let from = start + tensor.storedRow(row) * columns * type.byteWidth
          type.widen(from, columns, into: target + index * columns)
        }
      }
    }
  }
}
