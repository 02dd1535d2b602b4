import ArgumentParser
import Foundation
import NosceApp
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts

/// Which checkpoint, with which adapter, computed how: shared by the verbs that ask one.
struct CheckpointArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The model: " + ModelLocator.help), completion: Completions.models)
  var path: String

  @Option(
    help: "A PEFT adapter to ask it with: a folder, or org/name[@revision] in that cache.",
    completion: .directory)
  var adapter: String?

  @OptionGroup var template: TemplateArguments
  @OptionGroup var computing: ComputingArguments

  /// Reads the weights and the adapter.
  ///
  /// - Parameter isChat: whether the model is going to read a conversation.
  func open(isChat: Bool) throws -> OpenCheckpoint {
    let given = try template.given()
    if given != nil, !isChat {
      throw ValidationError("--chat-template goes with --chat and --user.")
    }
    let place = try ModelLocator.place(path, option: "PATH")
    let model = try LanguageModel(place.files, precision: computing.dtype.precision)
    computing.warn(model)
    let adapterFolder = try adapter.map { try ModelLocator.adapter($0) }
    if !UnusedFiles.adapter(beside: place.files).isEmpty {
      Console.complain("The model's folder also holds an adapter, which is not applied.")
    }
    if let adapterFolder {
      let text = UnusedFiles.ownText(ofAdapter: adapterFolder, model: place.files)
      if !text.isEmpty {
        Console.complain(
          "The adapter has another \(text.joined(separator: ", ")), not used: the model's are.")
      }
      if isChat { try Console.warn(ofTemplate: given, adapter: adapterFolder) }
    }
    return OpenCheckpoint(
      place: place, model: model, template: given,
      adapter: try adapterFolder.map {
        try LoRAAdapter(directory: $0, model: model.configuration)
      }, adapterFolder: adapterFolder)
  }
}

/// The number format and the threads.
struct ComputingArguments: ParsableArguments {
  enum DataType: String, ExpressibleByArgument, CaseIterable {
    case f32, bf16

    var precision: Precision { self == .f32 ? .float32 : .bfloat16 }
  }

  @Option(help: "What products are computed in: f32, or bf16 where the processor has it.")
  var dtype = DataType.f32

  @Option(
    name: .customLong("threads"),
    help: "Threads; the result does not depend on them. As many as there are processors.")
  var wantedThreads: Int?

  var threads: Int { wantedThreads ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads must be at least 1.") }
  }

  /// Says so where the machine cannot compute what was asked for.
  func warn(_ model: LanguageModel) {
    if model.precision != dtype.precision {
      Console.complain(
        "This processor has no bf16 instructions; everything is computed in f32.")
    }
  }
}

/// A checkpoint whose weights have been read.
struct OpenCheckpoint {
  var place: ModelLocator.Place
  var model: LanguageModel
  /// The chat template in place of the model's own.
  var template: GivenTemplate?
  var adapter: LoRAAdapter?
  var adapterFolder: URL?

  /// The tokenizer and the template; an error where they cannot be used.
  func text() throws -> CheckpointText {
    try CheckpointText(place.files, model: model.configuration, template: template)
  }

  /// The same for commands that were given token ids, and can do without: nil, and a word why.
  func textIfUsable() -> CheckpointText? {
    do {
      return try text()
    } catch {
      Console.complain("Tokens are shown as numbers alone: \(error)")
      return nil
    }
  }

  /// What every result says of where it comes from.
  var provenance: [(key: String, value: JSON)] {
    [
      ("model", .string(place.lastingName)),
      ("adapter", adapterFolder.map { .string($0.path) } ?? .null),
      ("precision", .string(model.precision.rawValue)),
    ] + (template.map { [("chat_template", $0.json)] } ?? [])
  }
}
