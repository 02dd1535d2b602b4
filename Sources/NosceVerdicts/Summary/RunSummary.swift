import NosceCore
import NosceRuns

/// Everything that a run found, as `--json` prints it and reports show it.
package struct RunSummary: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-run-summary-5"

  package struct ExperimentFacts: Codable, Sendable, Equatable {
    package var name: String
    package var title: String
    package var question: String
    /// The exact command that reproduces the run.
    package var command: String
    package var settings: [String: [String]]
    package var contentHash: String
    package var exploratory: Bool
    package var seeds: Int

    package init(
      name: String, title: String, question: String, command: String,
      settings: [String: [String]], contentHash: String, exploratory: Bool, seeds: Int
    ) {
      self.name = name
      self.title = title
      self.question = question
      self.command = command
      self.settings = settings
      self.contentHash = contentHash
      self.exploratory = exploratory
      self.seeds = seeds
    }
  }

  package struct Model: Codable, Sendable, Equatable {
    package var name: String
    package var description: String
    package var note: String?
    /// The chat template that was given for it; absent where it was asked through its own.
    package var template: Template?

    package struct Template: Codable, Sendable, Equatable {
      /// As it was asked for: `plain`, or the path of a file.
      package var name: String
      package var sha256: String

      package init(name: String, sha256: String) {
        self.name = name
        self.sha256 = sha256
      }
    }

    package init(
      name: String, description: String, note: String? = nil, template: Template? = nil
    ) {
      self.name = name
      self.description = description
      self.note = note
      self.template = template
    }

    /// Its name, with the chat template that was given for it.
    package var title: String {
      template.map { "\(name) through the chat template \($0.name)" } ?? name
    }
  }

  package struct Headline: Codable, Sendable, Equatable {
    package var kind: Verdict
    /// What a person reads first.
    package var sentence: String
    /// What must be known beside it, a sentence each: whether the claim is about the subject itself,
    /// which intervals hold 0, how little probability a choice is made on.
    package var caveats: [String]

    package init(kind: Verdict, sentence: String, caveats: [String] = []) {
      self.kind = kind
      self.sentence = sentence
      self.caveats = caveats
    }
  }

  package struct GateResult: Codable, Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
      case passed, failed
      /// Subjects that it rests on have not been run.
      case notYet = "not yet"
      case exempted
    }

    package var name: String
    package var arm: String
    /// Nil while subjects that it rests on have not been run.
    package var passed: Bool?
    package var value: Double?
    package var threshold: Double?
    package var detail: String
    package var exemption: String?

    package init(
      name: String, arm: String, passed: Bool?, value: Double?, threshold: Double?, detail: String,
      exemption: String? = nil
    ) {
      self.name = name
      self.arm = arm
      self.passed = passed
      self.value = value
      self.threshold = threshold
      self.detail = detail
      self.exemption = exemption
    }

    package var state: State {
      if exemption != nil { return .exempted }
      return passed.map { $0 ? .passed : .failed } ?? .notYet
    }
  }

  /// A subject that failed, and why.
  package struct Failure: Codable, Sendable, Equatable {
    package var subject: String
    package var error: String

    package init(subject: String, error: String) {
      self.subject = subject
      self.error = error
    }
  }

  /// How far a run has come that is not at its end.
  package struct Unfinished: Codable, Sendable, Equatable {
    /// Subjects that were trained and asked everything.
    package var done: Int
    /// Subjects that failed.
    package var failed: Int
    /// Subjects that are planned.
    package var subjects: Int
    /// The command that goes on with it; nil where this version cannot.
    package var resume: String?

    package init(done: Int, failed: Int, subjects: Int, resume: String? = nil) {
      self.done = done
      self.failed = failed
      self.subjects = subjects
      self.resume = resume
    }
  }

  package var schema: String
  /// Nil where every planned subject was run.
  package var unfinished: Unfinished?
  package var experiment: ExperimentFacts
  package var subject: Model
  package var verdict: Headline
  package var gates: [GateResult]
  package var contrasts: [ContrastResult]
  package var arms: [ArmResult]
  /// Nil where the experiment asks for none.
  package var associations: [AssociationResult]?
  /// Empty unless curves or a dose were asked for.
  package var curves: [Curve]
  /// Nil where no curves ask both what subjects do and what the primary claim is about.
  package var reportByBehaviour: ReportByBehaviour?
  /// By stage: train, gate, ask, grade, total.
  package var seconds: [String: Double]
  package var provenance: Provenance
  /// Sealed before the results; nil where there is none.
  package var forecasts: [ForecastResult]?
  /// The subjects that ended before all of them was measured; nil where there is none.
  package var failures: [Failure]?
  /// Files of the run that are not as they were when it began; nil where there is none.
  package var changedFiles: [FileChange]?
  /// Whether the probes can read the untrained model; nil where none has texts to be told.
  package var ladder: [Ladder]?

  package init(
    schema: String = RunSummary.currentSchema, unfinished: Unfinished? = nil,
    experiment: ExperimentFacts, subject: Model,
    verdict: Headline, gates: [GateResult], contrasts: [ContrastResult], arms: [ArmResult],
    associations: [AssociationResult]? = nil, curves: [Curve] = [],
    reportByBehaviour: ReportByBehaviour? = nil, seconds: [String: Double],
    provenance: Provenance,
    forecasts: [ForecastResult]? = nil, failures: [Failure]? = nil,
    changedFiles: [FileChange]? = nil, ladder: [Ladder]? = nil
  ) {
    self.schema = schema
    self.unfinished = unfinished
    self.experiment = experiment
    self.subject = subject
    self.verdict = verdict
    self.gates = gates
    self.contrasts = contrasts
    self.arms = arms
    self.associations = associations
    self.curves = curves
    self.reportByBehaviour = reportByBehaviour
    self.seconds = seconds
    self.provenance = provenance
    self.forecasts = forecasts
    self.failures = failures
    self.changedFiles = changedFiles
    self.ladder = ladder
  }
}
