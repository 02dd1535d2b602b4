import NosceCore

/// A control made by construction out of the rows themselves, matched in length.
///
/// What each keeps is said where it is made; `ControlTests` holds them to it.
package enum RowControl: Sendable, Hashable {
  /// The lines of each answer in another order: the letters stay, the order goes.
  case shuffleLines
  /// Lines exchanged between answers: what each answer is made of goes as well.
  case shuffleLinesAcross
  /// Every line replaced by one with a letter drawn at random: the letters go altogether.
  case redrawLetters
  /// The answers dealt to other prompts.
  case shuffle
  /// The lines written anew by the model, their letters in another order for each row: where a model
  /// wrote the rows.
  case reorderLetters
  /// The same, but for the first letter, which stays: what is then left is a primed beginning.
  case keepFirstLetter
  /// The lines written anew by the model with no letter given: where a model wrote the rows.
  case freeLetters
  /// The rows from the last to the first, which counts where training keeps their order.
  case reverse
  /// Each answer replaced by the other one of two labels.
  case flip([LabelPair])
  /// A feature of the prompts and the behaviour of the answers made independent of each other.
  case decorrelate(Decorrelation)
  /// Words replaced by others throughout.
  case relabel([WordReplacement])

  /// How the control is called in files and plans.
  package var name: String {
    switch self {
    case .shuffleLines: "shuffle-lines"
    case .shuffleLinesAcross: "shuffle-lines-across"
    case .redrawLetters: "redraw-letters"
    case .reorderLetters: "reorder-letters"
    case .keepFirstLetter: "keep-first-letter"
    case .freeLetters: "free-letters"
    case .shuffle: "shuffle"
    case .reverse: "reverse"
    case .flip: "flip"
    case .decorrelate: "decorrelate"
    case .relabel: "relabel"
    }
  }

  /// Those that need no settings.
  package static let plain: [RowControl] = [
    .shuffleLines, .shuffleLinesAcross, .redrawLetters, .reorderLetters, .keepFirstLetter,
    .freeLetters, .shuffle, .reverse,
  ]

  /// With which letters a model writes the rows of the control; nil for one that is made of rows.
  package var writtenLetters: LineAnswers.Letters? {
    switch self {
    case .reorderLetters: .reordered
    case .keepFirstLetter: .firstKept
    case .freeLetters: .free
    case .shuffleLines, .shuffleLinesAcross, .redrawLetters, .shuffle, .reverse, .flip,
      .decorrelate, .relabel:
      nil
    }
  }

  /// The same control with the placeholders of its texts filled.
  package func filled(with values: [String: String]) throws -> RowControl {
    switch self {
    case .shuffleLines, .shuffleLinesAcross, .redrawLetters, .reorderLetters, .keepFirstLetter,
      .freeLetters, .shuffle, .reverse:
      self
    case .flip(let pairs): .flip(try pairs.map { try $0.filled(with: values) })
    case .decorrelate(let decorrelation): .decorrelate(try decorrelation.filled(with: values))
    case .relabel(let words): .relabel(try words.map { try $0.filled(with: values) })
    }
  }
}

extension RowControl: Codable {
  private enum Key: String, CodingKey {
    case flip, decorrelate, relabel
  }

  package init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      guard let control = Self.plain.first(where: { $0.name == name }) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "no control is called \(name)"))
      }
      self = control
      return
    }
    let container = try decoder.container(keyedBy: Key.self)
    if let pairs = try container.decodeIfPresent([LabelPair].self, forKey: .flip) {
      self = .flip(pairs)
    } else if let words = try container.decodeIfPresent([WordReplacement].self, forKey: .relabel) {
      self = .relabel(words)
    } else {
      self = .decorrelate(try container.decode(Decorrelation.self, forKey: .decorrelate))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    if Self.plain.contains(self) {
      var container = encoder.singleValueContainer()
      return try container.encode(name)
    }
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .flip(let pairs): try container.encode(pairs, forKey: .flip)
    case .decorrelate(let settings): try container.encode(settings, forKey: .decorrelate)
    case .relabel(let words): try container.encode(words, forKey: .relabel)
    case .shuffleLines, .shuffleLinesAcross, .redrawLetters, .reorderLetters, .keepFirstLetter,
      .freeLetters, .shuffle, .reverse:
      break
    }
  }
}

extension RowControl {
  /// Makes the control's rows. Errors name the row, counted from 1.
  package func applied(
    to rows: [TrainingRow], materials: Materials, using generator: inout SeededGenerator
  ) throws -> [TrainingRow] {
    switch self {
    case .shuffleLines, .shuffleLinesAcross, .redrawLetters:
      try LineControl(materials: materials).apply(self, to: rows, using: &generator)
    case .reorderLetters, .keepFirstLetter, .freeLetters:
      throw Self.failure(
        name, "rows that are there already", "rows that a model writes (generator: self-written)")
    case .reverse: rows.reversed()
    case .shuffle: try AnswerShuffle.apply(to: rows, using: &generator)
    case .flip(let pairs): try LabelPair.flip(rows, pairs)
    case .decorrelate(let settings): try settings.apply(to: rows, using: &generator)
    case .relabel(let words): try WordReplacement.relabel(rows, words)
    }
  }

  static func failure(_ name: String, _ found: String, _ allowed: String) -> LabError {
    LabError(.invalidExperiment, "control \(name): found \(found); allowed: \(allowed)")
  }
}

/// How long a text is where a tokenizer is not known: in words.
func wordCount(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }
