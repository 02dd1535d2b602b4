import Foundation
import NosceCore
import NosceFanOut
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

/// Every cell folder may be anybody's.
@Suite struct CollectorTests {
  enum Damage: String, CaseIterable, CustomTestStringConvertible {
    case noResult = "a marker without data"
    case shortResult = "data that were cut short"
    case editedResult = "an answer that was edited"
    case otherScore = "an answer that was edited, with a marker that fits"
    case zeros = "a file of zeros, with a marker that fits"
    case twice = "an answer twice"
    case missing = "an answer too few"
    case lossTwice = "a loss twice"
    case noStep = "a loss of a step that there is not"
    case hugeScore = "a score that sums cannot take"
    case noFiles = "an adapter without files"
    case foreignJob = "the state of a job that is not its own"
    case failed = "a subject that failed"
    case noTime = "a time that no calendar takes"
    case noEnd = "an end that no calendar takes"
    case foreign = "an answer of another subject"
    case noTraining = "no adapter"
    case otherPlan = "another plan"
    case otherVersion = "another version"
    case otherSchema = "another schema"
    case noMarker = "a marker that is no JSON"
    case longMarker = "a marker of ten megabytes"
    case linkedMarker = "a marker that is a link"
    case linkedResult = "data that are a link out of the folder"
    case linkedCell = "a folder that is a link"
    case linkedAdapter = "an adapter that is a link out of the folder"
    case changedAdapter = "an adapter that was changed"
    case missingAdapter = "a file of the adapter that is gone"
    case wanderingAdapter = "a file of the adapter above the folder"
    case pipe = "data that are a pipe"

    var testDescription: String { rawValue }

    /// What the reason must name.
    var named: String {
      switch self {
      case .noResult, .shortResult, .editedResult, .zeros, .twice, .missing, .lossTwice, .noStep,
        .hugeScore, .noFiles, .foreignJob, .failed,
        .noTime, .foreign, .noTraining,
        .linkedResult, .pipe, .otherScore:
        "/result-"
      case .noEnd, .otherPlan, .otherVersion, .otherSchema, .noMarker, .longMarker, .linkedMarker:
        "/done.json"
      case .linkedCell: "/cells/"
      case .linkedAdapter, .changedAdapter, .missingAdapter: "scripted.json"
      case .wanderingAdapter: "../"
      }
    }

    func apply(to line: CellLine, of handed: HandedOut, outside: URL) throws {
      let files = FileManager.default
      let result = try handed.result(of: line)
      let text = try String(contentsOf: result, encoding: .utf8)
      let lines = text.split(separator: "\n").map(String.init)
      let answers = lines.indices.filter { lines[$0].contains(#""answer":{"#) }
      func replace(_ lines: [String]) throws {
        try handed.replaceResult(
          of: line, with: Data((lines.joined(separator: "\n") + "\n").utf8))
      }
      func mark(_ key: String, _ value: Any) throws {
        var marker = try handed.marker(of: line)
        marker[key] = value
        try handed.write(marker, of: line)
      }
      func link(_ place: URL) throws {
        let target = outside.appending(path: place.lastPathComponent)
        try files.moveItem(at: place, to: target)
        try files.createSymbolicLink(at: place, withDestinationURL: target)
      }
      let marker = handed.url(of: line).appending(path: "done.json")
      let adapter = handed.url(of: line).appending(path: "adapters/\(line.cell)/scripted.json")
      switch self {
      case .noResult: try files.removeItem(at: result)
      case .shortResult: try Data(text.utf8.dropLast(10)).write(to: result)
      case .editedResult:
        let place = try #require(text.range(of: #""item":"#))
        var edited = Data(text.utf8)
        edited[text.utf8.distance(from: text.startIndex, to: place.upperBound)] = UInt8(ascii: "7")
        try edited.write(to: result)
      case .otherScore:
        var lines = lines
        lines[answers[0]] = lines[answers[0]].replacing(
          #""outcome":"scored""#, with: #""outcome":"refused""#)
        try replace(lines)
      case .zeros: try handed.replaceResult(of: line, with: Data(count: 1 << 20))
      case .twice: try replace(lines + [lines[answers[0]]])
      case .lossTwice:
        let loss = lines.first { $0.contains(#""loss":{"#) }
        try replace(lines + [try #require(loss)])
      case .noStep:
        try replace(
          lines + [
            #"{"loss":{"cell":"\#(line.cell)","loss":1,"step":9223372036854775807},"time":1800000000}"#
          ])
      case .hugeScore:
        try replace(lines.map { $0.replacing(#""score":1,"#, with: #""score":1e308,"#) })
      case .noFiles:
        try replace(
          lines.map { $0.replacing(/"files":\[.*?\]/, with: #""files":[]"#) })
      case .foreignJob:
        try replace(lines + [#"{"state":{"job":"other#1","state":"failed"},"time":1800000000}"#])
      case .failed:
        try replace(
          lines + [#"{"failed":{"cell":"\#(line.cell)","error":"it fell"},"time":1800000000}"#])
      case .noTime: try replace(lines + [#"{"remark":"hello","time":1e300}"#])
      case .noEnd: try mark("ended", 1e300)
      case .missing:
        var lines = lines
        lines.remove(at: answers[0])
        try replace(lines)
      case .foreign:
        try replace(
          lines.map { $0.replacing(#""cell":"\#(line.cell)""#, with: #""cell":"other""#) })
      case .noTraining: try replace(lines.filter { !$0.contains(#""trained":{"#) })
      case .otherPlan: try mark("plan", String(repeating: "0", count: 64))
      case .otherVersion: try mark("version", "0.0.0")
      case .otherSchema: try mark("schema", "nosce-cell-99")
      case .noMarker: try Data("done".utf8).write(to: marker)
      case .longMarker: try Data(count: 10 << 20).write(to: marker)
      case .linkedMarker: try link(marker)
      case .linkedResult: try link(result)
      case .linkedCell: try link(handed.url(of: line))
      case .linkedAdapter: try link(adapter)
      case .changedAdapter: try Data("{}".utf8).write(to: adapter)
      case .missingAdapter: try files.removeItem(at: adapter)
      case .wanderingAdapter:
        try replace(
          lines.map {
            $0.replacing(
              "adapters/\(line.cell)/scripted.json", with: "adapters/\(line.cell)/../../done.json")
          })
      case .pipe:
        try files.removeItem(at: result)
        #expect(mkfifo(result.path, 0o600) == 0)
      }
    }
  }

  @Test(arguments: Damage.allCases) func whatIsWrongIsNamedAndTheRestIsMerged(
    _ damage: Damage
  ) async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url.appending(path: "out"))
      let outside = url.appending(path: "outside")
      try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
      let line = try handed.trainedLine()
      let other = try #require(try handed.folder.lines().first { $0 != line })
      try await handed.carryOut(line.line)
      try await handed.carryOut(other.line)
      try damage.apply(to: line, of: handed, outside: outside)
      let result = try await handed.collect()
      #expect(result.merged == [other])
      let reason = result.missing.first { $0.line == line }
      #expect(reason?.state == .refused)
      #expect(reason?.reason.contains(damage.named) == true, "\(reason?.reason ?? "")")
      // Nothing of it is in the run.
      let run = try RunFolder.read(handed.folder.run)
      let found = try await run.store.measurements(cell: line.cell)
      #expect(found.isEmpty)
    }
  }

  @Test func aClockThatIsAheadIsToldOf() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      try await handed.carryOut(line.line)
      let result = try await handed.collect(now: Date(timeIntervalSinceNow: -7200))
      #expect(result.merged == [line])
      #expect(result.notes.count == 1)
      #expect(result.notes.first?.contains("clock") == true)
    }
  }

  @Test func aRunThatHasSomeOfALineKeepsIt() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      // The run folder begins the subject itself.
      try await Runner(
        folder: try RunFolder.resume(handed.folder.run, model: RuleModel()),
        model: FaultyModel { _, answered in answered == 2 }
      ).run()
      try await handed.carryOut(line.line)
      let result = try await handed.collect()
      #expect(result.missing.first { $0.line == line }?.reason.contains("--resume") == true)
    }
  }

  @Test func howAWorkerEndedIsSaid() throws {
    try withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      try Data("137 4711 node-3\n".utf8).write(to: handed.folder.ending(ofLine: line.line))
      try Data("loading\nout of memory\u{1B}[2J\n".utf8).write(
        to: handed.folder.log(ofLine: line.line))
      let standing = LineStanding(of: line, in: handed.folder)
      #expect(standing.state == .failed)
      #expect(standing.reason.contains("exit code 137 (killed: out of memory or time) on node-3"))
      #expect(standing.reason.contains("loading / out of memory[2J"))
    }
  }
}
