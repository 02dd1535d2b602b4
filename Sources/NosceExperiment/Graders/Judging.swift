import NosceCore
import NoscePorts
import NosceRows

/// How a judge, which is a model, turns an answer into a score.
///
/// Ratings are weighted by log-probabilities as in "Emergent Misalignment" (arXiv 2502.17424): the
/// mean over the numbers of the scale, and none where their mass is below ``LeastMass/usual``.
package struct Judging: Codable, Sendable, Hashable {
  /// What is put to the judge about each answer.
  package struct Rubric: Codable, Sendable, Hashable {
    package enum Reading: Codable, Sendable, Hashable {
      /// A number on a scale of whole numbers.
      case rating(from: Int, to: Int)
      /// One of a few words, each with the score that it stands for.
      case labels([Label])
      /// Whatever the judge writes, kept beside the answer.
      case words(maximumTokens: Int)
    }

    package enum Use: Codable, Sendable, Hashable {
      /// The rating becomes the score.
      case score
      /// An answer that is rated lower is incoherent.
      case filter(atLeast: Double)
      /// It is written down and decides nothing.
      case note
    }

    package var name: String
    /// With `{answer}`, and `{question}` where the judge is to see it.
    package var prompt: String
    package var reading: Reading
    package var use: Use

    package init(name: String, prompt: String, reading: Reading, use: Use) {
      self.name = name
      self.prompt = prompt
      self.reading = reading
      self.use = use
    }
  }

  /// A word that a judge chooses, and the score that it stands for, from 0 to 1.
  package struct Label: Codable, Sendable, Hashable {
    package var text: String
    package var score: Double

    package init(_ text: String, _ score: Double) {
      self.text = text
      self.score = score
    }
  }

  /// A word that the judge may say instead of a number or a label, and what then becomes of the answer.
  package struct Word: Codable, Sendable, Hashable {
    package enum Meaning: String, Codable, Sendable, CaseIterable {
      case refused, unparseable, incoherent

      package var outcome: Outcome {
        switch self {
        case .refused: .refused
        case .unparseable: .unparseable
        case .incoherent: .incoherent
        }
      }
    }

    package var text: String
    package var meaning: Meaning

    package init(_ text: String, _ meaning: Meaning) {
      self.text = text
      self.meaning = meaning
    }
  }

  /// In the order in which the judge is asked.
  package var rubrics: [Rubric]
  package var words: [Word]
  /// With it, the score is 1 where the rating is lower and 0 elsewhere.
  package var below: Double?
  /// The probability of all numbers together below which there is no rating.
  package var leastMass: Double

  package init(
    rubrics: [Rubric], words: [Word] = [], below: Double? = nil, leastMass: Double = LeastMass.usual
  ) {
    self.rubrics = rubrics
    self.words = words
    self.below = below
    self.leastMass = leastMass
  }

  /// The rubrics with all placeholders filled but those for question and answer.
  func filled(with values: [String: String]) -> Judging {
    var result = self
    for index in rubrics.indices {
      result.rubrics[index].prompt = TextTemplate.replacing(rubrics[index].prompt, with: values)
    }
    return result
  }

  /// Whether the judge gives numbers or labels, which are read off their probabilities.
  package var rates: Bool { rubrics.contains { $0.reading.optionCount != nil } }

  /// Whether a scale has more numbers than a list of the likeliest tokens.
  package var hasLongScale: Bool {
    rubrics.contains { rubric in
      rubric.reading.optionCount.map { $0 + words.count > Capabilities.longScale } ?? false
    }
  }

  /// Whether it says words.
  package var writes: Bool {
    rubrics.contains { if case .words = $0.reading { true } else { false } }
  }

  /// How many texts the judge scores for one answer.
  package var scoredTexts: Int {
    rubrics.reduce(0) { sum, rubric in
      sum + (rubric.reading.optionCount.map { $0 + words.count } ?? 1)
    }
  }
}

extension Judging.Rubric.Reading {
  /// One of the texts among which the judge chooses, and what it counts for.
  package struct Option: Sendable, Hashable {
    package var text: String
    package var value: Double
  }

  /// How many numbers or labels there are; nil where the judge writes. Of a scale that no file may have,
  /// as in a plan that was changed, none.
  package var optionCount: Int? {
    switch self {
    case .rating(let from, let to):
      (0...10_000).contains(from) && (from...from + 1000).contains(to) ? to - from + 1 : 0
    case .labels(let labels): labels.count
    case .words: nil
    }
  }

  /// The numbers of the scale, or the labels; nil where the judge writes.
  package var options: [Option]? {
    switch self {
    case .rating(let from, let to):
      optionCount == 0
        ? [] : (from...to).map { Option(text: "\($0)", value: Double($0)) }
    case .labels(let labels): labels.map { Option(text: $0.text, value: $0.score) }
    case .words: nil
    }
  }

  /// What the options are called.
  package var optionName: String { if case .labels = self { "label" } else { "number" } }
}
