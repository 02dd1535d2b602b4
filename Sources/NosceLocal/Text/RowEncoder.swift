import NosceCore
import NosceEngine
import NosceRows
import NosceTemplates
import NosceTokenizer

/// Turns rows into token ids and what of them is to be learnt: the same for a run and for a
/// fine-tuning on its own.
package struct RowEncoder: Sendable {
  /// What happens to a row that is longer than the limit.
  package enum Overlength: Sendable {
    /// With what else can be done, in words.
    case refuse(hint: String? = nil)
    /// Its beginning is kept.
    case truncate
  }

  /// Nil where only rows of token ids can be encoded.
  package var text: CheckpointText?
  package var model: ModelConfiguration
  package var maximumLength: Int
  package var overlength: Overlength
  /// Whether the token that ends a text is put behind plain texts and completions.
  package var endsTexts: Bool

  package init(
    text: CheckpointText?, model: ModelConfiguration, maximumLength: Int? = nil,
    overlength: Overlength = .refuse(), endsTexts: Bool = true
  ) {
    self.text = text
    self.model = model
    self.maximumLength = maximumLength ?? model.maximumPositions
    self.overlength = overlength
    self.endsTexts = endsTexts
  }

  /// Errors name the row's file and line.
  package func example(_ row: NumberedRow) throws -> TrainingExample {
    var example: TrainingExample
    do {
      example = try encode(row.row)
    } catch let error as RowFault {
      throw failure(row, error.found, error.allowed)
    } catch let error as TemplateError {
      throw LabError(.invalidExperiment, "\(row.place): \(error)", cause: error)
    } catch let error as TokenizerError {
      throw LabError(.invalidExperiment, "\(row.place): \(error)", cause: error)
    }
    if let wrong = example.tokens.first(where: { Int($0) >= model.vocabularySize }) {
      throw failure(
        row, "the token \(wrong)", "0 to \(model.vocabularySize - 1), the model's vocabulary")
    }
    if example.tokens.count > maximumLength {
      if case .refuse(let hint) = overlength {
        throw failure(
          row, "\(example.tokens.count) tokens",
          "at most \(maximumLength)\(hint.map { " (\($0))" } ?? "")")
      }
      example = TrainingExample(
        tokens: Array(example.tokens.prefix(maximumLength)),
        isTarget: Array(example.isTarget.prefix(maximumLength)))
    }
    guard example.targetCount > 0 else {
      throw failure(
        row, "nothing to learn in its first \(example.tokens.count) tokens",
        "rows with at least one token to be predicted from others")
    }
    return example
  }

  private struct RowFault: Error {
    var found: String
    var allowed: String
  }

  private func failure(_ row: NumberedRow, _ found: String, _ allowed: String) -> LabError {
    LabError(.invalidExperiment, "\(row.place): found \(found); allowed: \(allowed)")
  }

  private func encode(_ row: TrainingRow) throws -> TrainingExample {
    if case .tokens(let ids, let isTrained) = row {
      return TrainingExample(tokens: ids, isTarget: isTrained)
    }
    guard let text else {
      throw RowFault(found: "text", allowed: "input_ids: the model's tokenizer cannot be used")
    }
    switch row {
    case .document(let words):
      // What stands before every text is not learnt, as behind an empty prompt.
      return joined(text.encode(parts: ["", words]), text)
    case .completion(let prompt, let completion):
      return joined(text.encode(parts: [prompt, completion]), text)
    case .chat(let turns): return try text.requireChat().example(turns)
    case .tokens: preconditionFailure("handled above")
    }
  }

  /// The second part is trained on, and so is the token that ends it.
  private func joined(_ parts: [[Int32]], _ text: CheckpointText) -> TrainingExample {
    var learnt = parts[1]
    if endsTexts, let end = text.endOfTextID, learnt.last != end { learnt.append(end) }
    return TrainingExample(
      tokens: parts[0] + learnt,
      isTarget: parts[0].map { _ in false } + learnt.map { _ in true })
  }
}
