import Foundation
import NosceApp
import NosceEngine
import NosceFormats
import NosceLocal
import NosceReport
import NosceText
import NosceTokenizer

/// An inspected checkpoint, for people and for programs.
enum InspectionReport {
  static func text(_ found: CheckpointInspection, name: String) -> String {
    let shape = found.shape
    var lines: [String] = []
    func line(_ label: String, _ parts: [String?], separator: String = ", ") {
      let text = parts.compactMap(\.self).joined(separator: separator)
      if !text.isEmpty {
        lines.append("  " + label.padding(toLength: 12, withPad: " ", startingAt: 0) + text)
      }
    }
    func number(_ value: Int?, _ words: String) -> String? { value.map { "\($0) \(words)" } }

    lines.append(name)
    line(
      "family",
      [shape.family ?? "not said", !found.isSupported ? "not computed by Nosce" : nil])
    if let weights = found.weights {
      let types = weights.types.map(\.type).joined(separator: " and ")
      line(
        "weights",
        [
          "\(weights.parameters) parameters in \(Number.count(weights.tensors, "tensor"))",
          "\(types) in \(Number.count(weights.files, "file")) of \(TrainingPlan.bytes(weights.bytes))",
        ])
    }
    if let metadata = found.metadata {
      let said = metadata.keys.filter { $0.hasPrefix("general.") && $0 != "general.architecture" }
      line(
        "metadata",
        [Number.count(metadata.keys.count, "key")]
          + said.compactMap { key in
            metadata[key].map { "\(key.dropFirst("general.".count)) \($0.kind)" }
          })
    }
    line(
      "layers",
      [
        shape.layers.map(String.init), number(shape.hidden, "wide"),
        number(shape.feedForward, "in the feed-forward part"),
      ])
    line(
      "attention",
      [
        number(shape.heads, "heads"), shape.headDimension.map { "each \($0) wide" },
        number(shape.keyValueHeads, "for keys and values"),
      ])
    line(
      "context",
      [
        number(shape.context, "positions"),
        shape.rotaryBase.map { "rotary base \(Number.constant($0))" },
      ])
    line(
      "embedding",
      [
        number(shape.vocabulary, "rows"),
        found.isTied.map { $0 ? "tied to the head" : "a head of its own" },
      ])
    line(
      "tokenizer",
      [
        found.text.kind ?? "none", number(found.text.vocabulary, "tokens"),
        number(found.text.addedTokens, "of them added"),
      ])
    if let template = found.text.template {
      line(
        "template",
        [
          template.source,
          template.marksAssistant
            ? "marks the assistant's words" : "does not mark the assistant's words",
          template.acceptsSystem ? "takes a system message" : "takes no system message",
        ])
    } else {
      line("template", ["none"])
    }
    line("stops", found.text.stopTokens.map { "\($0.id) \(TokenText.quoted($0.content))" })
    for memory in found.memory {
      line(
        memory.precision == .float32 ? "memory f32" : "memory bf16",
        [
          "about \(TrainingPlan.bytes(memory.asking)) to be asked",
          "\(TrainingPlan.bytes(memory.training)) for LoRA of rank 8 on "
            + "\(CheckpointInspection.Memory.tokens) tokens at a time",
        ])
    }
    line("unused", [found.unused.words])
    lines += list("odd", found.oddities, none: "nothing")
    lines += list("problems", found.problems, none: "none")
    return lines.joined(separator: "\n")
  }

  static func unused(_ parts: UnusedParts) -> JSON {
    func strings(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }
    return .object([
      ("files", strings(parts.files)),
      (
        "keys",
        .array(
          parts.keys.map { .object([("file", .string($0.file)), ("keys", strings($0.keys))]) })
      ),
      ("adapter", strings(parts.adapter)),
    ])
  }

  private static func list(_ label: String, _ entries: [String], none: String) -> [String] {
    let shown = entries.isEmpty ? [none] : entries
    return shown.enumerated().map { index, entry in
      "  " + (index == 0 ? label : "").padding(toLength: 12, withPad: " ", startingAt: 0) + entry
    }
  }

  private static func metadata(_ metadata: GGUFMetadata?) -> JSON {
    guard let metadata else { return .null }
    let members = metadata.keys.map { key -> (key: String, value: JSON) in
      (key, metadata[key].map { Self.json($0) } ?? .null)
    }
    return .object(members)
  }

  /// Lists are said to be lists of so many: a vocabulary would fill pages.
  private static func json(_ value: GGUFValue) -> JSON {
    switch value {
    case .integer(let number): .integer(number)
    case .number(let number): .double(number)
    case .bool(let bool): .bool(bool)
    case .string(let text): .string(text)
    case .strings, .numbers, .arrays: .string(value.kind)
    }
  }

  static func json(_ found: CheckpointInspection, name: String) -> JSON {
    let shape = found.shape
    func integer(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
    func string(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    return .object([
      ("kind", .string("checkpoint")),
      ("model", .string(name)),
      ("directory", .string(found.place.path)),
      ("family", string(shape.family)),
      ("is_supported", .bool(found.isSupported)),
      ("parameters", integer(found.weights?.parameters)),
      ("tensors", integer(found.weights?.tensors)),
      ("weight_files", integer(found.weights?.files)),
      ("weight_bytes", integer(found.weights?.bytes)),
      (
        "stored_types",
        .object((found.weights?.types ?? []).map { ($0.type, .integer($0.parameters)) })
      ),
      ("stated_type", string(shape.storedType?.rawValue)),
      ("layers", integer(shape.layers)),
      ("hidden_size", integer(shape.hidden)),
      ("feed_forward_size", integer(shape.feedForward)),
      ("heads", integer(shape.heads)),
      ("key_value_heads", integer(shape.keyValueHeads)),
      ("head_size", integer(shape.headDimension)),
      ("vocabulary_size", integer(shape.vocabulary)),
      ("context_length", integer(shape.context)),
      ("is_tied", found.isTied.map { .bool($0) } ?? .null),
      ("rotary_base", shape.rotaryBase.map { .double($0) } ?? .null),
      ("rotary_scaling", string(shape.rotaryScaling)),
      ("sliding_window", integer(shape.slidingWindow)),
      (
        "tokenizer",
        .object([
          ("kind", string(found.text.kind)), ("vocabulary_size", integer(found.text.vocabulary)),
          ("added_tokens", integer(found.text.addedTokens)),
          ("embedding_rows", integer(found.text.embeddingRows)),
        ])
      ),
      (
        "chat_template",
        found.text.template.map { template in
          .object([
            ("source", .string(template.source)),
            ("marks_assistant", .bool(template.marksAssistant)),
            ("accepts_system", .bool(template.acceptsSystem)),
            ("end_of_turn", template.endOfTurn.map { .integer(Int($0)) } ?? .null),
          ])
        } ?? .null
      ),
      (
        "stop_tokens",
        .array(
          found.text.stopTokens.map {
            .object([("id", .integer(Int($0.id))), ("content", .string($0.content))])
          })
      ),
      (
        "memory_bytes",
        .object(
          found.memory.map {
            (
              $0.precision.rawValue,
              .object([("asking", .integer($0.asking)), ("training", .integer($0.training))])
            )
          })
      ),
      ("metadata", metadata(found.metadata)),
      ("unused", unused(found.unused)),
      ("oddities", .array(found.oddities.map { .string($0) })),
      ("problems", .array(found.problems.map { .string($0) })),
    ])
  }
}
