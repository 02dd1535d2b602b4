import NosceCore
import NoscePorts
import NosceRuns

/// The bytes of a run's files, adapters and models against the hashes in its store and its plan.
struct FileVerification {
  let run: RunFolder
  let record: RunRecord

  func verify(into result: inout Verification) throws {
    let files = try run.store.files()
    for change in try run.changes(of: files) {
      result.differ(.files, change.file, found: change.found, expected: change.recorded)
    }
    let own = files.count { $0.cell == nil }
    if own == 0 {
      result.leave(
        .files,
        "no hashes were kept: the run was begun by a version that kept none")
    } else {
      result.check(
        .files,
        "\(Counted.text(own, "file")) of the run and \(Counted.text(files.count - own, "file")) of "
          + "adapters, by SHA-256")
      let known = Set(files.compactMap(\.cell))
      for training in record.training where training.served == nil && !known.contains(training.cell)
      {
        result.differ(
          .files, "adapters/\(training.cell)", found: "no hash in the store",
          expected: "one of each file")
      }
    }
    let served = record.training.count { $0.served != nil }
    if served > 0 {
      result.leave(
        .files, "\(Counted.text(served, "adapter")) served elsewhere, with no files here")
    }
    let request = try RunRequest.read(in: run)
    verify(.model, request.subject, "--subject", run.plan.model, into: &result)
    if let judge = run.plan.judge {
      verify(.judge, request.judge ?? judge.name, "--judge", judge, into: &result)
    }
  }

  private func verify(
    _ part: Verification.Part, _ name: String, _ option: String, _ planned: ModelIdentity,
    into result: inout Verification
  ) {
    do {
      let found = try ModelLocator.contentHash(name, option: option, template: planned.template)
      result.check(part, "\(planned.name), its files by SHA-256")
      if found != planned.contentHash {
        result.differ(part, planned.name, found: found, expected: planned.contentHash)
      }
    } catch {
      result.leave(part, "not at hand: \(error)")
    }
  }
}
