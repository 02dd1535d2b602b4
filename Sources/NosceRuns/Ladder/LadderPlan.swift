import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

/// What a ladder asks: the probes that have texts to be told, under each condition, of the untrained
/// model.
package struct LadderPlan: Sendable {
  /// A probe under one condition, as one subject would be asked.
  package struct Unit: Sendable {
    package var condition: LadderCondition
    package var probe: Probe
    package var task: ExperimentTask
    package var seed: Int
    package var asks: [Ask]
  }

  /// More hosts tell little more, and an organism has dozens.
  private static let mostHosts = 3

  package let experiment: Experiment
  package let materials: Materials
  package let model: ModelIdentity
  package let units: [Unit]
  /// Who rates, and how; nil where nothing is rated.
  private let judge: String?
  /// Conditions that cannot be asked.
  package let gaps: [LadderRecord.Gap]

  package init(
    experiment: Experiment, materials: Materials, model: ModelIdentity,
    judge: (any ModelProvider)? = nil, files: RowFiles = RowFiles()
  ) throws {
    let experiment = experiment.settled(for: model.name)
    self.experiment = experiment
    self.materials = materials
    self.model = model
    let seeds = 1...min(Self.mostHosts, experiment.differentSeeds)
    let builder = AskBuilder(experiment: experiment, materials: materials)
    let rows = RowBuilder(experiment: experiment, materials: materials, files: files)
    var units: [Unit] = []
    var gaps: [LadderRecord.Gap] = []
    func note(_ gap: LadderRecord.Gap) { if !gaps.contains(gap) { gaps.append(gap) } }
    for probe in experiment.probes {
      guard let told = probe.told, probe.prompt != nil else { continue }
      let plain = probe.withoutBase
      let arm = experiment.shownArm(for: probe)
      for task in try experiment.tasks() {
        for seed in seeds {
          var values = experiment.values(of: task, seed: seed)
          // A page can state a word without saying it: {word_letters} is R, E, S, I, N.
          for (name, value) in task.values {
            values["\(name)_letters"] = value.map(String.init).joined(separator: ", ")
          }
          let asks = try builder.asks(of: plain, task: task, seed: seed)
          func add(_ condition: LadderCondition, _ change: (Ask) -> Ask) {
            units.append(
              Unit(
                condition: condition, probe: plain, task: task, seed: seed,
                asks: asks.map(change)))
          }
          add(.neutral) { $0 }
          var texts = [
            (LadderCondition.toldAnswer, told.answer), (.toldOpposite, told.opposite),
            (.toldFacts, told.facts),
          ]
          // In a square the other names' facts are those of the opposite.
          let isSquare = experiment.contrasts.contains {
            $0.probe == probe.name && $0.square != nil
          }
          if let facts = told.oppositeFacts, !isSquare {
            texts.append((.toldOppositeFacts, facts))
          }
          for (condition, text) in texts {
            let filled: String
            do {
              filled = try TextTemplate.fill(text, with: values)
            } catch let error as LabError {
              throw LabError(
                error.code, "probes.\(probe.name).told: \(error.message)", cause: error)
            }
            add(condition) { $0.told(filled) }
          }
          guard let arm else { continue }
          // The ladder comes before what is long to make.
          if experiment.writesRows(of: arm) {
            note(
              .init(
                .shownRows, probe: probe.name,
                reason: "the model writes the rows of \(arm.name) later"))
            continue
          }
          let chats = try rows.rows(of: arm, task: task, seed: seed).prefix(ShownRows.usualCount)
            .compactMap(\.chat)
          if chats.isEmpty {
            note(
              .init(
                .shownRows, probe: probe.name,
                reason: "the rows of \(arm.name) are no conversations, which could be shown"))
          } else {
            add(.shownRows) { $0.shown(chats) }
          }
        }
      }
    }
    self.units = units
    self.gaps = gaps
    let isRated = units.contains { $0.probe.judging != nil }
    self.judge =
      isRated ? judge.map { "\($0.identity.contentHash) \($0.capabilities.rating)" } : nil
  }

  /// How much there is to be asked.
  package var work: WorkEstimate {
    units.reduce(into: WorkEstimate()) { work, unit in
      work += WorkEstimate(
        PlannedUnit(probe: unit.probe.name, step: 0, items: unit.asks.count, contentHash: ""),
        of: unit.probe)
    }
  }

  /// A part of it that stands for all: two questions of each probe, and two behind rows that are shown.
  package var sample: WorkSample {
    var sample = WorkSample()
    for probe in experiment.probes {
      let asked = units.filter { $0.probe.name == probe.name }
      for units in [
        asked.filter { $0.condition != .shownRows }, asked.filter { $0.condition == .shownRows },
      ] {
        guard let asks = units.first?.asks, let first = asks.first else { continue }
        let items = units.reduce(0) { $0 + $1.asks.count }
        if let request = first.scoreRequest {
          sample.scoring.append(
            .init(
              prompts: items, request: request, following: asks.dropFirst().first?.scoreRequest,
              calls: units.count, probe: probe.name))
        } else {
          sample.sampling.append(
            .init(answers: items, requests: asks.compactMap(\.sampleRequest), probe: probe.name))
        }
      }
    }
    return sample
  }

  package var isEmpty: Bool { units.isEmpty }

  /// Changes whenever anything that is asked does, or who rates the answers.
  package var askedHash: String {
    let asked = units.map { "\($0.condition.rawValue) \(Fingerprint.hash(of: $0.asks))" }
    return ContentHash.of((asked + (judge.map { [$0] } ?? [])).joined(separator: "\n"))
  }

  /// Whether a stored ladder is of this very model and of these questions.
  package func isAnswered(by record: LadderRecord) -> Bool {
    record.model.contentHash == model.contentHash && record.askedHash == askedHash
  }
}

extension Experiment {
  /// The arm whose rows a model is shown: what the probe's contrasts claim something of.
  fileprivate func shownArm(for probe: Probe) -> Arm? {
    let own = contrasts.first { $0.probe == probe.name } ?? contrasts.first { $0.primary }
    return own.flatMap { arm($0.treatment) }.flatMap { $0.hasTraining ? $0 : nil }
  }
}

extension Probe {
  /// The same probe without base taken away: here base is what is asked.
  fileprivate var withoutBase: Probe {
    guard case .choice(let prompt, var choices) = form else { return self }
    choices.minusBase = false
    var probe = self
    probe.form = .choice(prompt, choices)
    return probe
  }
}

extension Ask {
  /// With a sentence in the system line, behind what stands there.
  fileprivate func told(_ text: String) -> Ask {
    var ask = self
    if let first = ask.chat.first, first.role == .system {
      ask.chat[0] = ChatMessage(.system, "\(first.content) \(text)")
    } else {
      ask.chat.insert(ChatMessage(.system, text), at: 0)
    }
    return ask
  }

  fileprivate func shown(_ chats: [Chat]) -> Ask {
    var ask = self
    ask.chat = ask.chat.behind(chats)
    return ask
  }
}
