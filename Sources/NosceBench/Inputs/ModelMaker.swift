import Foundation
import NosceCore
import NosceFormats
import NosceTokenizer

/// Writes checkpoints of random weights and their inputs, in the layout that programs which are
/// compared read: `DIR/<name>/` and `DIR/inputs/<name>.json`.
package struct ModelMaker {
  /// Changes whenever other bytes would be written.
  private static let version = "nosce-bench-model-1"
  private static let seed: UInt64 = 1234

  package let directory: URL
  private let threads: Int

  package init(directory: URL, threads: Int) {
    self.directory = directory
    self.threads = threads
  }

  package func checkpoint(of model: BenchModel) -> URL { directory.appending(path: model.name) }

  package func inputs(of model: BenchModel) -> URL {
    directory.appending(path: "inputs").appending(path: "\(model.name).json")
  }

  /// Whether the folder has this model, whole: its configuration is written last.
  private func has(_ model: BenchModel) -> Bool {
    let mark = checkpoint(of: model).appending(path: "bench.txt")
    return (try? Data(contentsOf: mark)) == self.mark(of: model)
  }

  private func mark(of model: BenchModel) -> Data {
    Data("\(Self.version) seed \(Self.seed)\n\(model)\n".utf8)
  }

  /// Makes what is not there yet.
  package func make(_ model: BenchModel) throws {
    let files = FileManager.default
    let folder = checkpoint(of: model)
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    let inputs = self.inputs(of: model)
    try files.createDirectory(
      at: inputs.deletingLastPathComponent(), withIntermediateDirectories: true)
    try BenchInputs(for: model).write(to: inputs)
    if has(model) { return }
    // A folder of somebody else's model is not ours to overwrite.
    let weights = folder.appending(path: "model.safetensors")
    if files.fileExists(atPath: weights.path),
      !files.fileExists(atPath: folder.appending(path: "bench.txt").path)
    {
      throw BenchError(
        "\(folder.path): found a model that `nosce bench` did not make; allowed: an empty folder")
    }
    try BenchTokenizer(size: model.tokenizerSize).writer.write(
      to: folder, maximumLength: model.maximumPositions)
    try write(model.generationConfiguration, to: folder.appending(path: "generation_config.json"))
    try writeWeights(of: model, to: weights)
    try write(model.configuration, to: folder.appending(path: "config.json"))
    try Storage.write(mark(of: model), to: folder.appending(path: "bench.txt"))
  }

  private func write(_ json: JSON, to url: URL) throws {
    try Storage.write(json.text() + "\n", to: url)
  }

  /// Streams the tensors into a draft that takes the file's place when it is whole.
  private func writeWeights(of model: BenchModel, to url: URL) throws {
    var file = try AtomicFile(replacing: url)
    try file.write(header(of: model))
    let random = RandomWeights(seed: Self.seed, threads: threads)
    for (number, tensor) in model.tensors.enumerated() {
      try random.generate(
        tensor: number, count: tensor.count, mean: tensor.mean, deviation: tensor.deviation
      ) { try file.write($0) }
    }
    try file.commit()
  }

  /// The length of the JSON that follows, and the JSON: each tensor's type, shape and bytes.
  private func header(of model: BenchModel) -> Data {
    var members: [(key: String, value: JSON)] = [
      ("__metadata__", .object([("format", .string("pt"))]))
    ]
    var offset = 0
    for tensor in model.tensors {
      let end = offset + 2 * tensor.count
      members.append(
        (
          tensor.name,
          .object([
            ("dtype", .string("BF16")), ("shape", .array(tensor.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(offset), .integer(end)])),
          ])
        ))
      offset = end
    }
    var text = Data(JSON.object(members).text(indent: 0).utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text
  }
}
