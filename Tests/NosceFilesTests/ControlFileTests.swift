import Foundation
import NosceExperiment
import NosceFiles
import NosceRows
import NosceTestSupport
import Testing

@Suite("Controls in an experiment's file")
struct ControlFileTests {
  @Test("A file's controls are read, and a stored plan gives them back")
  func decoded() throws {
    let controls: [(String, RowControl)] = [
      ("shuffle", .shuffle), ("redraw-letters", .redrawLetters),
      ("{flip: [A, B]}", .flip([.init("A", "B")])),
      (
        "{flip: [[Yes, No], [\"{word}\", \"{twin}\"]]}",
        .flip([.init("Yes", "No"), .init("{word}", "{twin}")])
      ),
      (
        "{decorrelate: {feature: x, behaviour: y, move: answers}}",
        .decorrelate(.init(feature: "x", behaviour: ["y"], move: .answers))
      ),
      ("{relabel: {a: b, b: a}}", .relabel([.init("a", "b"), .init("b", "a")])),
    ]
    for (text, control) in controls {
      let experiment = try smallExperiment(
        rows: "{chats: [[{user: a}, {assistant: b}]], control: \(text)}")
      #expect(experiment.arms[1].rows[0].control == control)
      let data = try JSONEncoder().encode(experiment)
      #expect(try JSONDecoder().decode(Experiment.self, from: data) == experiment)
    }
    let old = try JSONDecoder().decode(RowControl.self, from: Data("\"shuffle-lines\"".utf8))
    #expect(old == .shuffleLines)
  }

  @Test("An opposite arm is the treatment flipped, with the variables of the task")
  func opposite() throws {
    let text = try smallFile(
      rows: """
        {generator: grammar, count: 4, slots: {n: [a, b, c, d]}, \
        chat: [{user: "{n}?"}, {assistant: ["{word}", "{twin}"]}]}
        """
    ).replacingOccurrences(
      of: "control: shuffle-lines", with: "control: {flip: [\"{word}\", \"{twin}\"]}")
    let experiment = try ExperimentFile.decode(text, file: "small.yaml")
    let (treatment, opposite) = (try rows(experiment), try rows(experiment, "sham"))
    #expect(treatment.map(\.asked) == opposite.map(\.asked))
    #expect(zip(treatment, opposite).allSatisfy { $0.answers != $1.answers })
    #expect(Set(opposite.flatMap(\.answers)).isSubset(of: ["HELLO", "MAGIC", "TRUTH"]))
  }
}
