import NosceCore
import NosceRows

/// Finds out whether a protocol and the materials that fill it fit together: everything that rows
/// and probes alone decide, for every arm, task and seed.
package struct MaterialsFit: Sendable {
  private let experiment: Experiment
  private let materials: Materials

  package init(_ experiment: Experiment, materials: Materials) {
    self.experiment = experiment
    self.materials = materials
  }

  /// What does not fit, each once; none where all is well.
  package func problems() throws -> [String] {
    try ExperimentCheck.check(experiment)
    var found = Found()
    // What a model will write keeps to what may be said, which is not for the materials to show.
    let rows = RowBuilder(
      experiment: experiment, materials: materials, written: PlaceholderRows())
    let builder = AskBuilder(experiment: experiment, materials: materials)
    for task in try experiment.tasks() {
      var asks: [Int: [(probe: Probe, asks: [Ask])]] = [:]
      for arm in experiment.arms {
        for seed in arm.firstSeed..<(arm.firstSeed + experiment.seeds) {
          if asks[seed] == nil {
            asks[seed] = experiment.probes.compactMap { probe in
              found.trying {
                (probe, try builder.asks(of: probe, task: task, seed: seed))
              }
            }
          }
          guard arm.hasTraining,
            let made = found.trying({ try rows.rows(of: arm, task: task, seed: seed) })
          else { continue }
          let subject = Planned(
            arm: arm, task: task, seed: seed, rows: made,
            asks: (asks[seed] ?? []).filter { $0.probe.asks(arm: arm.name) })
          try checkLeaks(subject, &found)
          checkTemplates(subject, &found)
          checkHeldOut(subject, &found)
        }
      }
    }
    return found.list
  }

  /// What is known of one subject before it is trained.
  private struct Planned {
    var arm: Arm
    var task: ExperimentTask
    var seed: Int
    var rows: [TrainingRow]
    var asks: [(probe: Probe, asks: [Ask])]

    var name: String { "arm \(arm.name), task \(task.name), seed \(seed)" }
  }

  /// Problems by what they say: the same of another seed is no new one.
  private struct Found {
    private(set) var list: [String] = []
    private var known: Set<String> = []

    mutating func add(_ message: String, as key: String) {
      if known.insert(key).inserted { list.append(message) }
    }

    /// The value, or nothing and a problem.
    mutating func trying<Value>(_ body: () throws -> Value) -> Value? {
      do {
        return try body()
      } catch {
        // It names the arm or the probe itself.
        add("\(error)", as: "\(error)")
        return nil
      }
    }
  }

  /// The gates of a kind that count for an arm.
  private func gates(_ kind: Gate.Kind, _ arm: Arm) -> [Gate] {
    experiment.gates.filter {
      $0.kind == kind && $0.arms.contains(arm.name) && $0.exemptions[arm.name] == nil
    }
  }

  /// Rows must not say what they show.
  private func checkLeaks(_ subject: Planned, _ found: inout Found) throws {
    for gate in gates(.leakage, subject.arm) {
      let values = experiment.values(of: subject.task, seed: subject.seed)
      let words = try experiment.leakTemplates(of: gate).map {
        try TextTemplate.fill($0, with: values)
      }
      for leak in Leakage.found(words, in: subject.rows) {
        let row = subject.rows[leak.rows[0]].text.split(separator: "\n").joined(separator: " / ")
        found.add(
          "\(subject.name): found '\(leak.word)' in \(leak.rows.count) of \(subject.rows.count) "
            + "rows, such as '\(row)'; allowed by the gate '\(gate.name)': in none",
          as: "\(gate.name)/\(subject.arm.name)/\(leak.word)")
      }
    }
  }

  /// Behaviour must be asked for under the system line of the rows.
  private func checkTemplates(_ subject: Planned, _ found: inout Found) {
    for gate in gates(.templates, subject.arm) {
      let lines = Set(subject.rows.compactMap { $0.chat.map(Self.systemLine) })
      guard !lines.isEmpty else { continue }
      for (probe, asks) in subject.asks where probe.kind == .behaviour {
        guard let other = asks.first(where: { lines != [Self.systemLine($0.chat)] }) else {
          continue
        }
        let trained = lines.sorted().map(Self.quoted).joined(separator: " and ")
        found.add(
          "\(subject.name), probe \(probe.name): asked under "
            + "\(Self.quoted(Self.systemLine(other.chat))), trained under \(trained); allowed by the "
            + "gate '\(gate.name)': the same",
          as: "\(gate.name)/\(subject.arm.name)/\(probe.name)")
      }
    }
  }

  private static func systemLine(_ chat: Chat) -> String {
    chat.filter { $0.role == .system }.map(\.content).joined(separator: "\n")
  }

  private static func quoted(_ line: String) -> String {
    line.isEmpty ? "no system line" : "'\(line)'"
  }

  /// What is held out must not be taught.
  private func checkHeldOut(_ subject: Planned, _ found: inout Found) {
    let taught = Set(
      subject.rows.flatMap { row in
        (row.chat ?? []).filter { $0.role == .user }.map(\.content)
      })
    for (probe, asks) in subject.asks where probe.prompt?.isHeldOut ?? false {
      let both = asks.compactMap(\.chat.last?.content).filter(taught.contains)
      guard let first = both.first else { continue }
      found.add(
        "\(subject.name), probe \(probe.name): found \(both.count) of \(asks.count) questions "
          + "among the rows, such as '\(first)'; allowed: questions held out",
        as: "held out/\(subject.arm.name)/\(probe.name)")
    }
  }
}

extension Prompt {
  /// Whether its questions are those that are kept from training.
  var isHeldOut: Bool {
    switch questions {
    case .heldOut, .tasks: true
    case .paraphrases: false
    }
  }
}
