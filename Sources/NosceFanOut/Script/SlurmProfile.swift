import Foundation
import NosceCore
import NosceFiles
import NosceFormats

/// What a cluster wants to be told of each job: a YAML file that belongs to the cluster.
///
///     slurm:
///       partition: gpu
///       time: 02:00:00
///       memory: 32G
///       cpus: 8
///       gpus: 1
///     at_most: 16
///     modules: [cuda/12.4]
///     environment: {HF_HOME: /scratch/models}
///
/// Nothing in it is a command: values become single words of `sbatch`, of `module load` and of `export`.
package struct SlurmProfile: Sendable {
  /// Options of `sbatch` with their values, in the order of the file.
  package var options: [(name: String, value: String)] = []
  /// The most lines that are carried out at a time; nil for as many as the cluster lets.
  package var atMost: Int?
  /// The queue's limit of indices in one array (`MaxArraySize`); nil where the queue is asked.
  package var arraySize: Int?
  package var modules: [String] = []
  package var environment: [(name: String, value: String)] = []

  /// The keys under `slurm`, and what `sbatch` calls them (slurm.schedmd.com/sbatch.html).
  private static let known = [
    "partition": "partition", "account": "account", "qos": "qos", "time": "time", "memory": "mem",
    "memory_per_cpu": "mem-per-cpu", "cpus": "cpus-per-task", "gpus": "gpus", "gres": "gres",
    "constraint": "constraint", "reservation": "reservation", "nodelist": "nodelist",
    "exclude": "exclude", "nice": "nice", "mail_type": "mail-type", "mail_user": "mail-user",
  ]

  package init() {}

  package init(contentsOf url: URL) throws {
    guard let text = ForeignText.text(of: try Storage.read(url)) else {
      throw LabError(.invalidExperiment, "\(url.path): found no text; allowed: YAML in UTF-8")
    }
    try self.init(text, file: url.path)
  }

  /// - Parameter file: what errors call it.
  package init(_ text: String, file: String) throws {
    let top = try SettingsNode(
      text: text, file: file, allowed: "slurm, at_most, modules, environment"
    )
    .fields(["slurm", "at_most", "max_array_size", "modules", "environment"])
    let names = Self.known.keys.sorted()
    for (name, node) in try top["slurm"]?.entries ?? [] {
      guard let option = Self.known[name] else {
        throw node.problem("an unknown key", allowed: names.joined(separator: ", "))
      }
      options.append((option, try Self.word(node)))
    }
    atMost = try top["at_most"]?.whole(1...1_000_000)
    arraySize = try top["max_array_size"]?.whole(2...10_000_000)
    modules = try top["modules"]?.items.map(Self.word) ?? []
    environment = try (top["environment"]?.entries ?? []).map { name, node in
      guard Self.isVariable(name) else {
        throw node.problem(
          "a name of no variable", allowed: "letters, digits and _, not beginning with a digit")
      }
      return (name, try Self.word(node))
    }
  }

  /// A value that is one word for whoever gets it, whatever is in it. A line break or a zero byte is no
  /// part of one.
  private static func word(_ node: SettingsNode) throws -> String {
    let text = try node.text
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw node.problem("a control character", allowed: "text of one line")
    }
    return text
  }

  static func isVariable(_ name: String) -> Bool {
    name.utf8.count <= 128 && name.first?.isNumber == false
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// The options as `sbatch` takes them, a word each.
  var words: [String] { options.map { "--\($0.name)=\($0.value)" } }
}
