import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

/// What the untrained model is given before it is asked a probe.
package enum LadderCondition: String, Codable, Sendable, CaseIterable {
  /// Nothing.
  case neutral
  /// What would have to be reported, in the system line.
  case toldAnswer = "told the answer"
  case toldOpposite = "told the opposite"
  /// What it could be inferred from.
  case toldFacts = "told the facts"
  /// Facts from which the opposite follows, where the probe has some.
  case toldOppositeFacts = "told the opposite facts"
  /// Training rows, as the conversation so far.
  case shownRows = "shown the rows"
}

/// A ladder as it is kept: what the untrained model answered under each condition, and of what model,
/// materials and questions that is true.
package struct LadderRecord: Codable, Sendable, Hashable {
  package static let currentSchema = "nosce-ladder-1"

  /// One answer under one condition.
  package struct Answer: Codable, Sendable, Hashable {
    package var condition: LadderCondition
    package var probe: String
    package var task: String
    package var seed: Int
    package var item: Int
    package var wording: Int
    package var messages: Chat
    package var prefill: String?
    package var answer: String?
    package var outcome: Outcome.Kind
    package var score: Double?
    package var detail: String?
    package var mass: Double?
    package var scored: ScoredTexts?

    package init(
      _ condition: LadderCondition, task: String, seed: Int, _ graded: GradedAnswer
    ) {
      self.condition = condition
      self.task = task
      self.seed = seed
      probe = graded.probe
      item = graded.item
      wording = graded.paraphrase
      messages = graded.messages
      prefill = graded.prefill
      answer = graded.answer
      outcome = graded.outcome.kind
      score = graded.score
      detail = graded.detail
      mass = graded.mass
      scored = graded.scored
    }
  }

  /// A condition that could not be asked.
  package struct Gap: Codable, Sendable, Hashable {
    package var condition: LadderCondition
    package var probe: String
    package var reason: String

    package init(_ condition: LadderCondition, probe: String, reason: String) {
      self.condition = condition
      self.probe = probe
      self.reason = reason
    }
  }

  package var schema: String
  package var version: String
  package var experiment: String
  package var model: ModelIdentity
  package var materials: Materials.Mark?
  /// Of everything that is asked under every condition.
  package var askedHash: String
  /// When it was asked, and how long that took.
  package var started: String
  package var seconds: Double
  package var answers: [Answer]
  package var gaps: [Gap]
  /// Of the answers, so that a file that was edited is known.
  package var answersHash: String

  package init(
    version: String, experiment: String, model: ModelIdentity, materials: Materials.Mark?,
    askedHash: String, started: String, seconds: Double, answers: [Answer], gaps: [Gap]
  ) throws {
    schema = Self.currentSchema
    self.version = version
    self.experiment = experiment
    self.model = model
    self.materials = materials
    self.askedHash = askedHash
    self.started = started
    self.seconds = seconds
    self.answers = answers
    self.gaps = gaps
    answersHash = try Self.hash(of: answers)
  }

  package static func hash(of answers: [Answer]) throws -> String {
    ContentHash.of(try encoder.encode(answers))
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  package func data() throws -> Data { try Self.encoder.encode(self) }

  /// Reads a ladder, and refuses one that was changed since it was written.
  package static func read(_ url: URL) throws(LabError) -> LadderRecord {
    let data = try Storage.read(url)
    let record: LadderRecord
    do {
      record = try JSONDecoder().decode(LadderRecord.self, from: data)
    } catch {
      throw LabError(
        .version, "\(url.path): found no ladder of this version; allowed: \(currentSchema)",
        cause: error)
    }
    guard record.schema == currentSchema, (try? hash(of: record.answers)) == record.answersHash
    else {
      throw LabError(
        .version,
        "\(url.path): found a ladder that was changed since it was written; allowed: the file as Nosce "
          + "wrote it. Remove it, and it is asked again")
    }
    return record
  }
}
