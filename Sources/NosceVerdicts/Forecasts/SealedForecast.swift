import Foundation
import NosceCore
import NosceExperiment

/// Probabilities that somebody gave to the contrasts of an experiment before there was a result.
///
/// The document carries the experiment as it was, the time, and a fingerprint of itself: whoever
/// keeps the fingerprint elsewhere can tell that nothing was changed since.
package struct SealedForecast: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-forecast-2"
  /// The first version's documents name experiments by hashes that none has today.
  package static let readableSchemas = ["nosce-forecast-1", currentSchema]

  package struct Design: Codable, Sendable, Equatable {
    package var name: String
    /// The fingerprint that a run of this very experiment has, too.
    package var contentHash: String
    /// The file as it was given.
    package var text: String
    /// What was set on top of the file.
    package var settings: [String: [String]]
    package var seeds: Int
  }

  package struct Model: Codable, Sendable, Equatable {
    package var name: String
    package var contentHash: String

    package init(name: String, contentHash: String) {
      self.name = name
      self.contentHash = contentHash
    }
  }

  /// How likely a contrast is to end as `supported`.
  package struct Probability: Codable, Sendable, Equatable {
    package var contrast: String
    package var probability: Double

    package init(_ contrast: String, _ probability: Double) {
      self.contrast = contrast
      self.probability = probability
    }
  }

  /// One question that the subject itself was asked, with the share of "Yes" in its answer.
  package struct Question: Codable, Sendable, Equatable {
    package var contrast: String
    package var messages: Chat
    package var shareOfYes: Double

    package init(
      contrast: String, messages: Chat, shareOfYes: Double
    ) {
      self.contrast = contrast
      self.messages = messages
      self.shareOfYes = shareOfYes
    }
  }

  package var schema: String
  package var forecaster: String
  /// Whether the forecaster is the model that the experiment is about.
  package var isSubject: Bool
  /// ISO 8601, in UTC.
  package var sealed: String
  /// Whether there was a run of this experiment on this subject already.
  package var afterTheFact: Bool
  package var experiment: Design
  package var subject: Model
  /// In the order of the experiment's contrasts.
  package var probabilities: [Probability]
  /// Nil unless the subject was asked.
  package var questions: [Question]?
  /// SHA-256 of the document with an empty seal.
  package private(set) var seal: String

  /// Seals probabilities. Each lies in 0...1 and belongs to a contrast of the experiment.
  package init(
    forecaster: String, of experiment: Experiment, text: String, subject: Model,
    probabilities: [String: Double], questions: [Question]? = nil, afterTheFact: Bool,
    date: Date = Date()
  ) throws {
    let name = forecaster.trimmingCharacters(in: .whitespacesAndNewlines)
    if name.isEmpty || name.count > 100 || name.contains(where: \.isNewline) {
      throw LabError(
        .invalidExperiment,
        "--forecaster: found '\(forecaster.prefix(100))'; allowed: a name of 1 to 100 characters "
          + "on one line")
    }
    let known = experiment.contrasts.map(\.name)
    for (contrast, probability) in probabilities.sorted(by: { $0.key < $1.key }) {
      try Self.check(contrast, probability, known: known)
    }
    if probabilities.isEmpty {
      throw LabError(.invalidExperiment, "found no probability; allowed: at least one")
    }
    schema = Self.currentSchema
    self.forecaster = name
    isSubject = questions != nil
    sealed = date.ISO8601Format()
    self.afterTheFact = afterTheFact
    self.experiment = Design(
      name: experiment.name, contentHash: experiment.forecastHash, text: text,
      settings: Dictionary(
        experiment.variables.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first }),
      seeds: experiment.seeds)
    self.subject = subject
    self.probabilities = known.compactMap { name in
      probabilities[name].map { Probability(name, $0) }
    }
    self.questions = questions
    seal = ""
    seal = try fingerprint()
  }

  /// Refuses what is no probability of a contrast.
  package static func check(_ contrast: String, _ probability: Double, known: [String]) throws {
    guard known.contains(contrast) else {
      throw LabError(
        .invalidExperiment,
        "found the contrast '\(contrast)'; allowed: \(known.joined(separator: ", "))")
    }
    guard (0...1).contains(probability) else {
      throw LabError(
        .invalidExperiment, "\(contrast): found \(probability); allowed: a probability, 0 to 1")
    }
  }

  /// The fingerprint that the document must carry.
  package func fingerprint() throws -> String {
    var open = self
    open.seal = ""
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ContentHash.of(try encoder.encode(open))
  }

  // MARK: Files

  /// The document: pretty-printed, keys sorted, ending in a line break.
  package func document() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Reads a document, and refuses one that is not as it was when it was sealed.
  package static func read(_ url: URL) throws -> SealedForecast {
    let data = try Storage.read(url)
    struct Header: Decodable { var schema: String }
    let forecast: SealedForecast
    do {
      let schema = try JSONDecoder().decode(Header.self, from: data).schema
      guard readableSchemas.contains(schema) else {
        let allowed = readableSchemas.map { "'\($0)'" }.joined(separator: ", ")
        throw LabError(.version, "\(url.path): found '\(schema)'; allowed: \(allowed)")
      }
      forecast = try JSONDecoder().decode(SealedForecast.self, from: data)
    } catch let error as LabError {
      throw error
    } catch {
      throw LabError(
        .invalidExperiment,
        "\(url.path): found no sealed forecast; allowed: a file that `nosce forecast` has written",
        cause: error)
    }
    // Every byte counts: what decodes to the same values may still read differently.
    guard try forecast.fingerprint() == forecast.seal, try forecast.document() == data else {
      throw LabError(
        .invalidExperiment,
        "\(url.path): the seal is broken: the file was changed after it was sealed")
    }
    return forecast
  }
}
