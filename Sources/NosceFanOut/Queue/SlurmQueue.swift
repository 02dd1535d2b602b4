import Foundation
import NosceCore

/// Hands lines to Slurm as array jobs, and asks how they stand.
///
/// Source: slurm.schedmd.com/sbatch.html and job_array.html.
package struct SlurmQueue: Sendable {
  /// One `sbatch`, as `submitted.jsonl` keeps it.
  package struct Submission: Codable, Sendable, Hashable {
    package var job: String
    /// The line that index 0 means.
    package var first: Int
    package var indices: String

    package init(job: String, first: Int, indices: String) {
      self.job = job
      self.first = first
      self.indices = indices
    }
  }

  /// What Slurm takes where nobody says otherwise.
  static let usualArraySize = 1001
  /// Seconds before the limit of time at which a job is told.
  private static let notice = 90

  package let fanOut: FanOutFolder
  package let profile: SlurmProfile

  package init(_ fanOut: FanOutFolder, profile: SlurmProfile) {
    self.fanOut = fanOut
    self.profile = profile
  }

  /// The words of each `sbatch` that hands out these lines.
  package func commands(
    for lines: [Int], arraySize: Int
  ) -> [(part: ArrayRange.Part, words: [String])] {
    ArrayRange.parts(lines, size: arraySize).map { part in
      let most = profile.atMost.map { "%\($0)" } ?? ""
      let words =
        [
          "sbatch", "--parsable", "--job-name=nosce-\(fanOut.header.run)",
          "--array=\(part.indices)\(most)",
          "--output=\(fanOut.logs.path.replacing("%", with: "%%"))/%A_%a.out",
          "--open-mode=append", "--requeue", "--signal=B:USR2@\(Self.notice)",
          "--export=ALL,\(JobScript.firstLine)=\(part.first)",
        ] + profile.words + [fanOut.script.path]
      return (part, words)
    }
  }

  /// The queue's `MaxArraySize`: what the profile says, what the queue says, or what is usual.
  package func arraySize() -> Int {
    if let size = profile.arraySize { return size }
    guard let said = try? QueueProgram.run(["scontrol", "show", "config"]), said.code == 0 else {
      return Self.usualArraySize
    }
    return Self.arraySize(in: said.out) ?? Self.usualArraySize
  }

  package static func arraySize(in configuration: String) -> Int? {
    for line in configuration.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2, parts[0] == "MaxArraySize", let size = Int(parts[1]), size > 1 {
        return size
      }
    }
    return nil
  }

  /// Hands out lines, and keeps the numbers of the jobs.
  package func submit(_ lines: [Int]) throws -> [Submission] {
    var submitted: [Submission] = []
    for (part, words) in commands(for: lines, arraySize: arraySize()) {
      let said = try QueueProgram.run(words, in: fanOut.url)
      // "123" or "123;cluster".
      let job = said.out.split(whereSeparator: { $0 == ";" || $0.isNewline }).first.map(String.init)
      guard said.code == 0, let job, !job.isEmpty, job.allSatisfy(\.isNumber) else {
        let words = said.error.split(separator: "\n").last.map(String.init) ?? said.out
        throw LabError(
          .backend,
          "sbatch: found exit code \(said.code): \(words.prefix(300)); allowed: a job. "
            + "\(submitted.count) arrays were queued before it, and the same command goes on")
      }
      let submission = Submission(job: job, first: part.first, indices: part.indices)
      submitted.append(submission)
      try keep(submission)
    }
    return submitted
  }

  private func keep(_ submission: Submission) throws {
    var text = Data()
    if FileManager.default.fileExists(atPath: fanOut.submissions.path) {
      text = try PlainFile.data(fanOut.submissions, atMost: 1 << 26)
    }
    text += try CellLine.encoder.encode(submission) + Data([UInt8(ascii: "\n")])
    try Storage.write(text, to: fanOut.submissions)
  }

  /// What was handed to the queue, in order.
  package static func submissions(of fanOut: FanOutFolder) throws -> [Submission] {
    guard FileManager.default.fileExists(atPath: fanOut.submissions.path) else { return [] }
    var found: [Submission] = []
    try PlainFile.eachLine(of: fanOut.submissions, atMost: FanOutFolder.noteBytes) { data, number in
      do {
        found.append(try JSONDecoder().decode(Submission.self, from: data))
      } catch {
        throw LabError(
          .version,
          "\(fanOut.submissions.path):\(number + 1): found no note of an array; allowed: lines as Nosce "
            + "wrote them", cause: error)
      }
    }
    let isOdd = { (one: Submission) in
      one.job.isEmpty || !one.job.allSatisfy(\.isNumber)
        || !(0...max(0, fanOut.header.lines)).contains(one.first)
    }
    guard let odd = found.first(where: isOdd) else { return found }
    throw LabError(
      .version,
      "\(fanOut.submissions.path): found the job '\(odd.job.prefix(40))'; allowed: numbers")
  }

  /// The lines that the queue has not ended yet, as it names their states, such as `RUNNING`.
  ///
  /// - Returns: the lines with their states, and what the queue said instead of an answer.
  package static func waiting(
    _ submissions: [Submission]
  ) -> (lines: [Int: String], problem: String?) {
    if submissions.isEmpty { return ([:], nil) }
    let jobs = submissions.map(\.job).joined(separator: ",")
    let said: QueueProgram.Output
    do {
      // One line for each index, also of those that wait.
      said = try QueueProgram.run(["squeue", "-h", "-r", "-o", "%F|%K|%T", "-j", jobs])
    } catch {
      return ([:], "\(error)")
    }
    // Jobs that are long over are no longer known, which squeue may call an error.
    if said.code != 0, !said.error.contains("Invalid job id") {
      return ([:], "squeue: \(said.error.prefix(200))")
    }
    return (lines(in: said.out, submissions), nil)
  }

  /// How Slurm says that lines ended that are no longer in the queue, such as `TIMEOUT` or
  /// `OUT_OF_MEMORY`; none where it keeps no accounts.
  package static func endings(_ submissions: [Submission]) -> [Int: String] {
    if submissions.isEmpty { return [:] }
    let jobs = submissions.map(\.job).joined(separator: ",")
    guard
      let said = try? QueueProgram.run(["sacct", "-n", "-P", "-X", "-o", "JobID,State", "-j", jobs]
      ),
      said.code == 0
    else { return [:] }
    // 12_3|TIMEOUT, and a cancelled one says by whom.
    let text = said.out.split(separator: "\n").map { line in
      line.replacing("_", with: "|", maxReplacements: 1).split(separator: " by ")[0]
    }
    return lines(in: text.joined(separator: "\n"), submissions)
  }

  package static func lines(in text: String, _ submissions: [Submission]) -> [Int: String] {
    let first = Dictionary(
      submissions.map { ($0.job, $0.first) }, uniquingKeysWith: { $1 })
    var lines: [Int: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 3, let offset = first[parts[0]], let index = Int(parts[1]),
        (0...Int(Int32.max)).contains(index)
      else {
        continue
      }
      lines[offset + index] = parts[2]
    }
    return lines
  }
}
