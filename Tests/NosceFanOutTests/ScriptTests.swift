import Foundation
import NosceCore
import NosceFanOut
import NosceTestSupport
import Testing

@Suite struct ScriptTests {
  private static let pieces = [
    "'", "\"", "\\", "$(touch PWNED)", "`touch PWNED`", "\n", " ", "$HOME", ";", "&", "|", "*", "?",
    "!", "#", "~", "{a,b}", "<", ">", "ä", "\t", "-", "--", "=", "%", "a",
  ]

  /// Nothing that is put into the script is more than one word.
  @Test func everyValueIsOneWord() throws {
    try withFolder { url in
      var random = Mutator(seed: 7)
      let words = (0..<120).map { _ in
        (0..<(1 + random.below(6))).map { _ in random.pick(Self.pieces) }.joined()
      }
      let folder = url.appending(path: "it's $(touch PWNED) \"here\"")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "logs"), withIntermediateDirectories: true)
      // Prints every word and the variable behind a line of its own.
      let printer = url.appending(path: "print words.sh")
      try "#!/bin/bash\nprintf '%s\\0' \"$@\" \"$ODD\" > \"\(url.path)/words\"\n".write(
        to: printer, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: printer.path)
      var profile = SlurmProfile()
      profile.environment = [("ODD", words[0])]
      let script = url.appending(path: "job.sh")
      try JobScript.text(program: [printer.path] + words, folder: folder.path, profile: profile)
        .write(to: script, atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["bash", script.path, "5"]
      process.currentDirectoryURL = url
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let said = try String(contentsOf: url.appending(path: "words"), encoding: .utf8)
        .split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
      #expect(said == words + ["--line", "5", words[0]])
      #expect(!exists(url.appending(path: "PWNED")))
      #expect(
        try String(contentsOf: folder.appending(path: "logs/line-5.exit"), encoding: .utf8)
          .hasPrefix("0 "))
    }
  }

  @Test func aLineThatIsNoNumberIsRefused() throws {
    try withFolder { url in
      let script = url.appending(path: "job.sh")
      try JobScript.text(program: ["true"], folder: url.path, profile: SlurmProfile())
        .write(to: script, atomically: true, encoding: .utf8)
      for line in ["", "-1", "1;ls", "x"] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["bash", script.path, line]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64, "\(line)")
      }
    }
  }

  /// A line that is named counts before an array that this happens to be in.
  @Test(arguments: [(["5"], "5"), ([], "1009")])
  func theLineIsTheArgumentOrThatOfTheArray(_ arguments: [String], _ line: String) throws {
    try withFolder { url in
      try FileManager.default.createDirectory(
        at: url.appending(path: "logs"), withIntermediateDirectories: true)
      let script = url.appending(path: "job.sh")
      try JobScript.text(program: ["echo"], folder: url.path, profile: SlurmProfile())
        .write(to: script, atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["bash", script.path] + arguments
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["SLURM_ARRAY_TASK_ID": "8", "NOSCE_FIRST_LINE": "1001"]) { $1 }
      try process.run()
      process.waitUntilExit()
      #expect(exists(url.appending(path: "logs/line-\(line).exit")))
    }
  }

  @Test func arraysAreCutAtTheLimitOfTheQueue() {
    #expect(ArrayRange.text([3, 1, 2, 7, 9, 10]) == "1-3,7,9-10")
    #expect(ArrayRange.text([]) == "")
    let parts = ArrayRange.parts(Array(0..<2500), size: 1001)
    #expect(parts.map(\.first) == [0, 1001, 2002])
    #expect(parts.map(\.indices) == ["0-1000", "0-1000", "0-497"])
    #expect(ArrayRange.parts([5, 1005], size: 1001).map(\.indices) == ["5", "4"])
    #expect(SlurmQueue.arraySize(in: "Licenses = (null)\nMaxArraySize            = 4001\n") == 4001)
    #expect(SlurmQueue.arraySize(in: "nothing") == nil)
  }

  @Test func linesOfTheQueueAreFoundAgain() {
    let submissions = [
      SlurmQueue.Submission(job: "12", first: 0, indices: "0-9"),
      SlurmQueue.Submission(job: "13", first: 1001, indices: "0-9"),
    ]
    let text = "12|3|RUNNING\n13|4|PENDING\n99|1|RUNNING\nodd\n12|N/A|PENDING\n"
    #expect(SlurmQueue.lines(in: text, submissions) == [3: "RUNNING", 1005: "PENDING"])
  }

  @Test func whatIsHandedToSlurmIsAListOfWords() throws {
    try withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let profile = try SlurmProfile(
        """
        slurm: {partition: "gpu, fast", time: 01:00:00, memory: 8G, cpus: 4}
        at_most: 3
        modules: [cuda/12.4]
        environment: {HF_HOME: /scratch/a b}
        """, file: "slurm.yaml")
      let commands = SlurmQueue(handed.folder, profile: profile).commands(
        for: [0, 1, 3], arraySize: 1001)
      let words = try #require(commands.first?.words)
      #expect(commands.count == 1)
      #expect(words.first == "sbatch")
      #expect(words.contains("--array=0-1,3%3"))
      #expect(words.contains("--partition=gpu, fast"))
      #expect(words.contains("--mem=8G"))
      #expect(words.contains("--cpus-per-task=4"))
      #expect(words.contains("--signal=B:USR2@90"))
      #expect(words.last == handed.folder.script.path)
    }
  }

  @Test(arguments: [
    "slurm: {wrap: 'rm -rf /'}", "slurm: [a]", "at_most: 0", "environment: {'A B': c}",
    "environment: {A: \"b\\nc\"}", "modules: {a: b}", "other: 1", "", "slurm: {time: ''}",
  ])
  func aProfileThatSaysSomethingElseIsRefused(_ text: String) {
    #expect {
      try SlurmProfile(text, file: "slurm.yaml")
    } throws: { ($0 as? LabError)?.message.hasPrefix("slurm.yaml") == true }
  }
}
