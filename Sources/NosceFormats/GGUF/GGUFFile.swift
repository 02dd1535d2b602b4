import Foundation

/// A model in GGUF files, memory-mapped; tensors are read only when asked for.
///
/// ```swift
/// let file = try GGUFFile(contentsOf: url)
/// let name = try file.metadata.architecture()
/// ```
package struct GGUFFile: Sendable {
  /// The first of its files.
  package let url: URL
  package let files: [MappedFile]
  /// That of the first file; the others repeat nothing of it.
  package let metadata: GGUFMetadata
  /// Of all files, in their order.
  package let tensors: [GGUFTensor]
  private let places: [String: Int]

  /// Whether a file begins as GGUF files do, whatever its name.
  package static func isOne(_ url: URL) -> Bool {
    guard let file = try? MappedFile(url: url) else { return false }
    return file.withBytes { GGUFHeader.isMagic($0) }
  }

  /// Reads the header of a file; of a model that is split, any of its files stands for all.
  package init(contentsOf url: URL) throws(CheckpointError) {
    let first = try MappedFile(url: url)
    let header = try GGUFHeader(first, part: 0)
    guard let count = try header.metadata.integer(GGUFSplit.countKey), count > 1 else {
      try self.init(url: url, files: [first], metadata: header.metadata, tensors: header.tensors)
      return
    }
    let (files, headers) = try GGUFSplit.open(url, count: count)
    try self.init(
      url: files[0].url, files: files, metadata: headers[0].metadata,
      tensors: headers.flatMap(\.tensors))
  }

  private init(
    url: URL, files: [MappedFile], metadata: GGUFMetadata, tensors: [GGUFTensor]
  ) throws(CheckpointError) {
    self.url = url
    self.files = files
    self.metadata = metadata
    self.tensors = tensors
    var places: [String: Int] = [:]
    for (index, tensor) in tensors.enumerated() {
      guard let other = places.updateValue(index, forKey: tensor.name) else { continue }
      throw CheckpointError(
        file: files[tensor.part].url.path,
        found: "the tensor \(tensor.name), which "
          + "\(files[tensors[other].part].url.lastPathComponent) also holds",
        allowed: "each tensor in one file")
    }
    self.places = places
  }

  package func tensor(_ name: String) -> GGUFTensor? { places[name].map { tensors[$0] } }

  /// Lends a tensor's bytes as stored to `body`.
  package func withBytes<Result>(
    of tensor: GGUFTensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let file = files[tensor.part]
    let result = try file.withBytes { bytes in
      try body(UnsafeRawBufferPointer(rebasing: bytes[tensor.range]))
    }
    try file.checkWhole()
    return result
  }

  /// Lets the system take back the memory of one tensor that was read.
  package func releasePages(of tensor: GGUFTensor) {
    files[tensor.part].releasePages(tensor.range)
  }

  /// Lets the system take back the memory of what was read.
  package func releasePages() { for file in files { file.releasePages() } }
}
