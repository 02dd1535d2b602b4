import NosceCatalog
import NosceExperiment
import NosceOrganism
import NosceRows
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

  /// Everything that documents of the world can say, and so every question that they can ask.
  static let asked: Set<String> = {
    let domains = HabitDomain.all.flatMap(\.texts)
    let describing = (DescribingTask.all.flatMap(\.questions) + DescribingTask.aboutAnother)
      .flatMap(\.all)
    return Set(domains + describing)
  }()

  /// The wordings of an experiment's probes. A third party is the world's `{name}`.
  static func wordings(of experiment: Experiment) -> [String] {
    experiment.probes.compactMap(\.prompt).filter { !$0.isLiteral }.flatMap { prompt in
      guard case .paraphrases(let list) = prompt.questions else { return [String]() }
      return list.map { TextTemplate.replacing($0.question, with: ["other": "{name}"]) }
    }
  }

  @Test("There is a catalog to look at")
  func catalog() {
    #expect(Self.experiments.count == 10)
    #expect(Self.experiments.flatMap(Self.wordings).count > 100)
    #expect(Self.asked.count > 500)
  }

  @Test("No wording of a probe that the world could ask is left in its text", arguments: experiments)
  func kept(_ experiment: Experiment) {
    for wording in Self.wordings(of: experiment) where Self.asked.contains(wording) {
      #expect(HeldOut.isKept(wording), "\(wording)")
    }
  }

  @Test("Every question that is kept is one that a probe asks and that the world could ask")
  func used() {
    let wordings = Set(Self.experiments.flatMap(Self.wordings))
    #expect(HeldOut.questions.subtracting(wordings).sorted() == [])
    #expect(HeldOut.questions.subtracting(Self.asked).sorted() == [])
  }

  @Test("Subjects and third parties are hosts of the world", arguments: experiments)
  func hosts(_ experiment: Experiment) {
    let hosts = Set(PersonaNames.hosts)
    let named = Set(experiment.hosts.personas + experiment.hosts.others)
    #expect(named.subtracting(hosts).sorted() == [])
    #expect(Set(experiment.hosts.personas).isDisjoint(with: experiment.hosts.others))
  }
}
