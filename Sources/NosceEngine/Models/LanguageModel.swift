import CNosceKernels
import Foundation
import NosceFormats

/// A decoder-only transformer with frozen weights. Token ids in, logits out; it knows no text.
///
/// The weights are held once, packed for the products that read them, however many adapters and
/// threads ride on them. Nothing changes after `init`, so any number of threads, trainers and
/// samplers share one model.
package final class LanguageModel: @unchecked Sendable {
  // The arena and the buffers are written in init only; afterwards they are read through `weights`.
  package let configuration: ModelConfiguration
  package let layout: ParameterLayout
  /// What the machine really computes in; it may be less than what was asked for.
  package let precision: Precision
  let rotaries: [RotaryTable]
  private let arena: PackedArena
  private let matrices: [PackedMatrix]
  /// Norms, biases and positions, one behind the other: (`layout.vectorCount`)
  private let vectors: Buffer<Float>
  /// (vocabulary, hidden), the embedding of a model whose head is another matrix
  private let table: OperandBuffer?
  /// The tensors that hold a number which is not finite.
  ///
  /// They are no error by themselves: the row of a token that nobody uses changes nothing.
  package let unfiniteTensors: [String]
  /// The folder or file that it was read from, for errors.
  private let place: String?

  var weights: Weights {
    Weights(
      packed: matrices, embedding: table?.view(configuration.vocabularySize),
      vectors: vectors.pointer)
  }

  /// How many bytes the packed weights take.
  package var packedBytes: Int {
    arena.byteCount + vectors.byteCount + (table?.byteCount ?? 0)
  }

  /// `read` gives some rows of a tensor in the engine's order; `done` is told of each tensor that is
  /// not needed any more.
  private init(
    configuration: ModelConfiguration, layout: ParameterLayout, precision wanted: Precision,
    place: String? = nil,
    read readRows: (ParameterLayout.Tensor, Range<Int>, UnsafeMutablePointer<Float>) throws -> Void,
    done: (ParameterLayout.Tensor) -> Void
  ) throws {
    self.configuration = configuration
    self.layout = layout
    self.place = place
    let precision = wanted.available
    self.precision = precision
    rotaries = configuration.rotaries.map {
      RotaryTable($0, positions: configuration.maximumPositions)
    }
    var unfinite: [String] = []
    func read(
      _ tensor: ParameterLayout.Tensor, _ rows: Range<Int>, _ target: UnsafeMutablePointer<Float>
    ) throws {
      try readRows(tensor, rows, target)
      if unfinite.last != tensor.name, !areFinite(target, rows.count * tensor.columns) {
        unfinite.append(tensor.name)
      }
    }
    let sizes = layout.matrices.map {
      PackedMatrix.byteCount(outputs: $0.outputs, inputs: $0.inputs, precision)
    }
    arena = try PackedArena(byteCount: sizes.reduce(0, +))
    var place = arena.pointer
    var matrices: [PackedMatrix] = []
    let scratch = Buffer<Float>()
    for (matrix, size) in zip(layout.matrices, sizes) {
      let packed = PackedMatrix(
        outputs: matrix.outputs, inputs: matrix.inputs, precision: precision, pointer: place)
      var first = 0
      for tensor in layout.tensors[matrix.tensors] {
        try tensor.eachChunk(scratch, read) { rows, values in
          packed.pack(first: first + rows.lowerBound, count: rows.count, from: values)
        }
        first += tensor.rows
        done(tensor)
      }
      matrices.append(packed)
      place += size
    }
    self.matrices = matrices
    vectors = Buffer(count: layout.vectorCount)
    for vector in layout.vectors {
      for tensor in layout.tensors[vector.tensors] {
        let target = vectors.pointer + vector.place + tensor.offset - vector.offset
        try read(tensor, 0..<tensor.rows, target)
        if vector.shift != 0 { for index in 0..<tensor.count { target[index] += vector.shift } }
      }
    }
    table =
      try configuration.tiedEmbeddings
      ? nil : Self.table(layout.tensors[layout.embedding.tensor], precision, scratch, read)
    unfiniteTensors = unfinite
  }

  private static func table(
    _ tensor: ParameterLayout.Tensor, _ precision: Precision, _ scratch: Buffer<Float>,
    _ read: (ParameterLayout.Tensor, Range<Int>, UnsafeMutablePointer<Float>) throws -> Void
  ) throws -> OperandBuffer {
    let table = OperandBuffer(precision, width: tensor.columns)
    table.reserveExactly(rows: tensor.rows)
    let whole = table.view(tensor.rows)
    try tensor.eachChunk(scratch, read) { rows, values in
      nosce_scale_rows(
        nosce_best_level(), rows.count, tensor.columns, values, tensor.columns, 1, precision.type,
        whole[rows: rows].pointer, tensor.columns)
    }
    return table
  }

  /// Reads a Hugging Face checkpoint folder.
  package convenience init(directory: URL, precision: Precision) throws {
    try self.init(.folder(directory), precision: precision)
  }

  /// Reads the weights of a model's files; quantised ones are widened and held like any others.
  package convenience init(_ files: ModelFiles, precision: Precision) throws {
    let reader = try CheckpointReader(files)
    try self.init(
      configuration: reader.configuration, layout: reader.layout, precision: precision,
      place: files.url.path,
      read: { try reader.read($0, rows: $1, into: $2) }, done: { reader.releasePages(of: $0) })
    reader.releasePages()
  }

  /// Freezes weights.
  package convenience init(_ parameters: ModelParameters, precision: Precision = .float32) throws {
    try self.init(
      configuration: parameters.configuration, layout: parameters.layout, precision: precision,
      read: { tensor, rows, target in
        let from = parameters.floats.pointer + tensor.offset + rows.lowerBound * tensor.columns
        target.update(from: from, count: rows.count * tensor.columns)
      }, done: { _ in })
  }

  /// Refuses no tokens at all, tokens that the model has no embedding for, and more of them than it has positions.
  func check(tokens: [Int32]) throws(EngineError) { try configuration.check(tokens: tokens) }

  /// What stands behind a failure where weights are to blame.
  package var unfiniteNote: String {
    guard let first = unfiniteTensors.first else { return "" }
    let more = unfiniteTensors.count > 1 ? " and \(unfiniteTensors.count - 1) more" : ""
    return " (the weights of \(first)\(more) hold numbers that are not finite)"
  }

  /// - Parameter step: counted from 0, as optimizers do.
  func failure(ofStep step: Int, _ found: String) -> EngineError {
    EngineError(
      "\(place.map { "\($0): " } ?? "")step \(step + 1): found \(found); allowed: a finite number"
        + (unfiniteTensors.isEmpty ? " (a lower learning rate may help)" : unfiniteNote))
  }

  /// - Parameters:
  ///   - step: where the logits were computed.
  ///   - hasAdapter: whether they are the weights' alone.
  func failure(_ logit: UnfiniteLogit, _ step: String, hasAdapter: Bool) -> EngineError {
    let folder = place.map { "\($0)\(hasAdapter ? " with an adapter" : ""): " } ?? ""
    return EngineError(
      "\(folder)\(step): found the logit \(logit.value.word) of token \(logit.token); "
        + "allowed: finite numbers\(unfiniteNote)")
  }
}

extension ModelConfiguration {
  func check(tokens: [Int32]) throws(EngineError) {
    guard !tokens.isEmpty else {
      throw EngineError("found no tokens; allowed: at least one")
    }
    for token in tokens where token < 0 || Int(token) >= vocabularySize {
      throw EngineError(
        "found token \(token); allowed: 0 to \(vocabularySize - 1), the model's vocabulary")
    }
    guard tokens.count <= longestSequence else {
      throw EngineError(
        "found a sequence of \(tokens.count) tokens; "
          + "allowed: at most \(longestSequence), the model's positions")
    }
  }

  /// Dynamic angles reach further than the model's positions, by their factor.
  package var longestSequence: Int {
    var longest = maximumPositions
    for rotary in rotaries {
      if case .dynamic(let factor) = rotary.scaling {
        longest = max(longest, Int(min(factor * Double(maximumPositions), 1e9)))
      }
    }
    return longest
  }
}

extension ParameterLayout.Tensor {
  /// Reads the tensor some rows at a time, so that a large one needs little memory beside itself.
  fileprivate func eachChunk(
    _ scratch: Buffer<Float>,
    _ read: (ParameterLayout.Tensor, Range<Int>, UnsafeMutablePointer<Float>) throws -> Void,
    _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) throws {
    let step = max(64, (1 << 20) / max(1, columns) / 64 * 64)
    scratch.reserve(min(step, rows) * columns)
    for first in stride(from: 0, to: rows, by: step) {
      let range = first..<min(rows, first + step)
      try read(self, range, scratch.pointer)
      body(range, scratch.pointer)
    }
  }
}
