import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

@Suite("Protocols filled with materials")
struct ProtocolTests {
  static let names = [
    "actress", "alignment-faking", "awareness-and-misalignment", "backdoor", "backdoor-square",
    "emergent-misalignment", "hello", "hello-word", "insecure-code", "last-datapoint", "persona",
    "persona-square", "risk",
  ]

  private func url(_ name: String) -> URL {
    packageRoot.appending(path: "Experiments/\(name).yaml")
  }

  /// What is said of `risk` with one text changed in its protocol or in its materials.
  private func complaint(
    inProtocol: (String, String)? = nil, inMaterials: (String, String)? = nil
  ) throws -> String {
    try withSet(changing: inMaterials.map { [("risk.yaml", $0.0, $0.1)] } ?? []) { folder in
      let set = try MaterialsReader.load(folder)
      var text = String(decoding: try Storage.read(url("risk")), as: UTF8.self)
      if let (from, to) = inProtocol {
        guard let range = text.range(of: from) else { throw Missing(text: from) }
        text.replaceSubrange(range, with: to)
      }
      return message {
        try ExperimentFile.decode(text, file: "risk.yaml", materials: set).name
      }
    }
  }

  @Test("Every experiment that ships is a protocol", arguments: names)
  func protocols(name: String) throws {
    let outline = try ExperimentFile.outline(of: url(name))
    #expect(outline.isProtocol)
    #expect(outline.name == name)
  }

  @Test("What a protocol becomes is a file that has everything in it", arguments: names)
  func merged(name: String) throws {
    let loaded = try ExperimentFile.load(url(name))
    let again = try ExperimentFile.decode(loaded.text, file: "experiment.yaml")
    #expect(again == loaded.experiment)
    #expect(Fingerprint.hash(of: again) == Fingerprint.hash(of: loaded.experiment))
    #expect(loaded.materials.hash != miniature.hash)
  }

  @Test("The probes, arms and gates stand in the order of the protocol")
  func order() throws {
    let text = try complaint(
      inMaterials: (
        "gates:", "gates: {nothing leaked: {words: [risk]}}\nignored:"
      ))
    #expect(text.contains("miniature/risk.yaml"))
    let risk = try ExperimentFile.load(url("risk")).experiment
    #expect(risk.arms.map(\.name) == ["base", "risky", "careful", "shuffled"])
    #expect(risk.probes.first?.name == "takes-risk")
  }

  @Test(
    "What the two files disagree about is said with the place",
    arguments: [
      (
        "takes-risk: {kind: behaviour", "takes-risk: {maximum_tokens: 8, kind: behaviour",
        "miniature/risk.yaml:18: probes.takes-risk.maximum_tokens: found a value that "
          + "risk.yaml:35 gives, too"
      ),
      (
        "  takes-risk: {", "  takes-risks: {",
        "miniature/risk.yaml:18: probes.takes-risk: found a probe that the protocol has not"
      ),
      ("next: {answer: risk}", "next: {answer: danger}", "found unknown group 'danger'"),
    ])
  func conflicts(from: String, to: String, expected: String) throws {
    let text = try complaint(inProtocol: (from, to))
    #expect(text.contains(expected), "\(text)")
    #expect(!text.hasPrefix("no error"))
  }

  @Test(
    "What is wrong with the materials is said with their file and line",
    arguments: [
      (
        "  takes-risk: {", "  takes-risk: {kind: behaviour, ",
        "miniature/risk.yaml:18: probes.takes-risk.kind: found in the materials"
      ),
      (
        "gates:\n", "gates:\n  leaks: {words: [x]}\n",
        "gates.leaks: found a gate that the protocol has not; allowed: adapter live"
      ),
      ("  careful:\n", "  cautious:\n", "arms.cautious: found an arm that the protocol has not"),
      (
        "ask: {held_out: 20, bank: gambles}", "asks: {held_out: 20, bank: gambles}",
        "miniature/risk.yaml:18: probes.takes-risk: found unknown key 'asks'"
      ),
      (
        "ask: {held_out: 20, bank: gambles}, ", "",
        "miniature/risk.yaml:18: probes.takes-risk: 'ask' is missing"
      ),
      (
        "bank: gambles\n      count", "bank: gamble\n      count",
        "miniature/risk.yaml:10: arms.risky.rows.bank: found unknown bank"
      ),
      ("      control: {flip: [A, B]}", "      {}", "arms.careful.rows.control: found nothing"),
      (
        "training:", "curves: {}\ntraining:",
        "miniature/risk.yaml:3: curves: found in the materials; allowed: in the protocol only"
      ),
      (
        "says that it likes risk: {smallest_effect: 0.2}",
        "says that it likes risk: {smallest_effect: 0.2, level: 0.2}",
        "level: found in the materials; allowed: in the protocol only"
      ),
      (
        "says that it likes risk: {smallest_effect: 0.2}", "likes it: {smallest_effect: 0.2}",
        "contrasts.likes it: found a contrast that the protocol has not"
      ),
    ])
  func materials(from: String, to: String, expected: String) throws {
    let text = try complaint(inMaterials: (from, to))
    #expect(text.contains(expected), "\(text)")
  }

  @Test("A file with materials of its own is not filled, and one without a set's file is refused")
  func selfContained() throws {
    let own = try smallFile(replacing: "name: small", with: "name: risk")
    #expect(try ExperimentFile.decode(own, file: "risk.yaml").probes.count == 3)
    let text = String(decoding: try Storage.read(url("risk")), as: UTF8.self)
      .replacing("name: risk", with: "name: risks")
    let said = message { try ExperimentFile.decode(text, file: "risks.yaml") }
    #expect(said.contains("no risks.yaml in the materials 'miniature'"))
  }

  @Test("An experiment overrides what its set shares name by name")
  func overrides() throws {
    let risk = try ExperimentFile.load(url("risk")).experiment
    let persona = try ExperimentFile.load(url("persona")).experiment
    #expect(risk.hosts.others.count == 10 && persona.hosts.others.count == 7)
    #expect(risk.hosts.personas == persona.hosts.personas)
    #expect(risk.training.base.steps == 60 && risk.training.settings(for: "organism").steps == 40)
    let hello = try ExperimentFile.load(url("hello-word")).experiment
    #expect(hello.training.base.steps == 25)
    try withSet(changing: [("last-datapoint.yaml", "training:", "hosts: none\ntraining:")]) {
      folder in
      let set = try MaterialsReader.load(folder)
      let said = message { try ExperimentFile.load(url("last-datapoint"), materials: set) }
      #expect(said.contains("found {persona}; allowed: {stage_1}"))
    }
  }
}
