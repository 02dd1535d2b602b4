import Foundation
import NosceFormats

/// What lies in a folder of a model or of an adapter and is not read.
package enum UnusedFiles {
  /// The files of a checkpoint that may hold weights, or code that computes with them, beside those
  /// that are read.
  ///
  /// - Parameter read: the names of the files that the weights are read from.
  package static func weights(in directory: URL, besides read: [String]) -> [String] {
    names(in: directory).filter { name in
      !read.contains(name) && !adapter.contains(name)
        && (kinds.contains(ending(of: name)) || holdsWeights(directory.appending(path: name)))
    }
  }

  /// The files of an adapter in a model's own folder, which is not applied.
  package static func adapter(in directory: URL) -> [String] {
    let names = names(in: directory)
    guard names.contains("config.json") else { return [] }
    return adapter.filter(names.contains)
  }

  /// The same of a model's files, whatever kind they are of.
  package static func adapter(beside files: ModelFiles) -> [String] {
    guard case .folder(let directory) = files else { return [] }
    return adapter(in: directory)
  }

  /// The files beside an adapter's own: weights in other forms, states of its training, and a
  /// tokenizer or a template where it has one, since those of the model are used.
  package static func besides(adapter directory: URL) -> [String] {
    names(in: directory).filter { name in
      text.contains(name) || (kinds.contains(ending(of: name)) && !adapter.contains(name))
        || name == "adapter_model.bin"
    }
  }

  /// Of those files the ones that say how text is read, unless they are the very same as the model's.
  package static func ownText(ofAdapter directory: URL, model files: ModelFiles) -> [String] {
    let found = names(in: directory).filter(text.contains)
    // A GGUF file has all this inside, in another form.
    guard case .folder(let model) = files else { return found }
    return found.filter { name in
      func bytes(_ folder: URL) -> Data? { try? Data(contentsOf: folder.appending(path: name)) }
      return bytes(directory) != bytes(model)
    }
  }

  private static let adapter = [
    "adapter_config.json", "adapter_model.safetensors", "adapter_model.bin",
  ]

  private static let text: Set<String> = [
    "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "chat_template.jinja",
    "chat_template.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
    "merges.txt",
  ]

  /// The endings of files with weights, with states of a training, or with code.
  private static let kinds: Set<String> = [
    "safetensors", "bin", "pt", "pth", "ckpt", "gguf", "ggml", "onnx", "onnx_data", "msgpack",
    "h5", "npz", "npy", "ot", "tflite", "pkl", "distcp", "py",
  ]

  private static func ending(of name: String) -> String {
    name.split(separator: ".").dropFirst().last.map { $0.lowercased() } ?? ""
  }

  private static func holdsWeights(_ folder: URL) -> Bool {
    names(in: folder).contains { kinds.contains(ending(of: $0)) }
  }

  private static func names(in directory: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
  }
}
