import Foundation
import NosceCore
import NosceExperiment
import NosceRows
import NosceRuns
import NosceTestSupport
import Testing

@Suite("Rows of a plan")
struct PlannedRowTests {
  @Test("A plan of a grammar says the same again, and another seed something else")
  func planned() throws {
    let experiment = try smallExperiment(
      rows: """
        {generator: grammar, count: 6, slots: {thing: [boat, lamp, road], place: [Rome, here]}, \
        chat: [{user: "A {thing} in {place}?"}, {assistant: "Yes."}]}
        """)
    let plan = try Planner(experiment: experiment, model: RuleModel()).plan()
    #expect(try Planner(experiment: experiment, model: RuleModel()).plan() == plan)
    let hashes = plan.cells.filter { $0.arm == "treatment" }.compactMap(\.training?.rowsHash)
    #expect(hashes.count == 5 && Set(hashes).count == 5)
  }

  static func row(_ answer: String) -> String {
    #"{"messages": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "\#(answer)"}]}"#
  }

  @Test("Other content is noticed when a run goes on, and content alone decides on hashes")
  func changed() throws {
    try withFolder(inMemory: true) { folder in
      let lines = (1...8).map { Self.row("T\($0)") }
      let file = folder.appending(path: "rows.jsonl")
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      let experiment = try smallExperiment(rows: "{file: rows.jsonl}", in: folder)
      let model = RuleModel()
      let run = try makeRunFolder(experiment, in: folder, model: model)
      let copy = folder.appending(path: "copy")
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: file, to: copy.appending(path: "rows.jsonl"))
      let elsewhere = try smallExperiment(rows: "{file: copy/rows.jsonl}", in: folder)
      #expect(Fingerprint.hash(of: elsewhere) == Fingerprint.hash(of: experiment))
      #expect(
        try Planner(experiment: elsewhere, model: model).plan().contentHash
          == run.plan.contentHash)
      let url = run.url
      do {
        let read = try RunFolder.read(url)
        #expect(read.plan == run.plan)
      }
      let changed = lines.dropLast() + [Self.row("other")]
      try Data(changed.joined(separator: "\n").utf8).write(to: file)
      let text = message { try Planner(experiment: run.plan.experiment, model: model).plan() }
      #expect(text.contains("rows.jsonl: found other content"), "\(text)")
      let again = try smallExperiment(rows: "{file: rows.jsonl}", in: folder)
      #expect(Fingerprint.hash(of: again) != Fingerprint.hash(of: experiment))
    }
  }
}
