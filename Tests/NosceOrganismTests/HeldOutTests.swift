import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NosceOrganism
import NosceRows
import NosceTestSupport
import Testing

/// What the catalog asks, and under whose name, is tied to the world that the organisms were
/// pretrained on: whoever changes one side without the other is told so here.
@Suite("The catalog and the world")
struct HeldOutTests {
  static let experiments: [Experiment] = {
    do {
      return try Catalog.names().map { try ExperimentFile.load(Catalog.url(of: $0)).experiment }
    } catch {
      Issue.record(error)
      return []
    }
  }()

  /// Everything that documents of the world can say, and so every question that they can ask: not
  /// the tasks that a bank keeps back, and not how `hello` asks about somebody else, which the text
  /// does teach (`docs/organism.md`).
  static let asked: Set<String> = {
    let said = Worlds.habits.flatMap(\.texts)
    let describing = DescribingTask.all.flatMap(\.questions).flatMap(\.all)
    let keptBack = miniature.tasks.flatMap { $0.items(heldOut: true) }
    return Set(said + describing).subtracting(keptBack.map(\.question))
  }()

  /// What the first subject is asked, word for word; a third party is the world's `{name}`.
  static func wordings(of experiment: Experiment) throws -> [String] {
    let builder = AskBuilder(experiment: experiment)
    let other = experiment.hosts.others.first ?? ""
    return try experiment.tasks().flatMap { task in
      try experiment.probes.flatMap { probe in
        try builder.asks(of: probe, task: task, seed: 1).map { ask in
          let question = ask.chat.last?.content ?? ""
          return other.isEmpty ? question : question.replacing(other, with: "{name}")
        }
      }
    }
  }

  @Test("There is a catalog to look at")
  func catalog() throws {
    #expect(Self.experiments.count == 13)
    #expect(try Self.experiments.flatMap(Self.wordings).count > 200)
    #expect(Self.asked.count > 500)
  }

  @Test(
    "No wording of a probe that the world could ask is left in its text", arguments: experiments)
  func kept(_ experiment: Experiment) throws {
    for wording in try Self.wordings(of: experiment) where Self.asked.contains(wording) {
      #expect(HeldOut.isKept(wording), "\(wording)")
    }
  }

  /// The list is as frozen as the text that it was kept from: a probe may stop asking a question, so
  /// only a part of it is asked today. That part is most of it, or the list guards nothing.
  @Test("Most questions that are kept are ones that a probe asks")
  func used() throws {
    let asked = HeldOut.questions.intersection(try Self.experiments.flatMap(Self.wordings))
    #expect(asked.count * 2 > HeldOut.questions.count, "\(asked.count)")
  }

  @Test("Subjects and third parties are hosts of the world", arguments: experiments)
  func hosts(_ experiment: Experiment) {
    let hosts = Set(PersonaNames.hosts)
    let named = Set(experiment.hosts.personas + experiment.hosts.others)
    #expect(named.subtracting(hosts).sorted() == [])
    #expect(Set(experiment.hosts.personas).isDisjoint(with: experiment.hosts.others))
  }
}
