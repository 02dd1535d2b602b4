import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns

/// A plan against its own hashes: rows, questions, the whole of it, and what the provenance names.
struct PlanVerification {
  let run: RunFolder
  let asks: PlannedAsks

  private var plan: Plan { run.plan }

  func verify(into result: inout Verification) {
    guard asks.hasHashes else {
      result.leave(
        .plan, "its hashes are those of the schema \(plan.schema), which this version does not make"
      )
      return
    }
    func compare(_ place: String, found: String, expected: String?) {
      guard found != expected else { return }
      result.differ(.plan, place, found: found, expected: expected)
    }
    for cell in plan.cells {
      guard let training = cell.training else { continue }
      compare(
        "\(cell.id), rows", found: Fingerprint.hash(of: training.rows), expected: training.rowsHash)
    }
    compare("plan.json", found: Fingerprint.hash(of: plan), expected: plan.contentHash)
    let hashes = run.provenance.hashes
    compare(
      "the experiment in plan.json", found: Fingerprint.hash(of: plan.experiment),
      expected: hashes["experiment"])
    compare(
      "the hash in plan.json, against provenance.json", found: plan.contentHash,
      expected: hashes["plan"])
    compare(
      "the model in plan.json, against provenance.json", found: plan.model.contentHash,
      expected: hashes["model"])
    if let materials = plan.materials {
      compare(
        "the materials in plan.json, against provenance.json", found: materials.hash,
        expected: hashes["materials"])
    }
    verifyQuestions(into: &result)
  }

  private func verifyQuestions(into result: inout Verification) {
    let trained = Counted.text(plan.cells.count { $0.training != nil }, "set")
    if let problem = asks.problem {
      result.leave(.plan, "no question was made again: \(problem)")
      result.check(.plan, "its own hash, and those of \(trained) of rows")
      return
    }
    var units = 0
    var others = 0
    for cell in plan.cells {
      for unit in cell.units {
        let place = "\(cell.id), \(unit.probe)\(Place.step(unit.step)), questions"
        do {
          guard let made = try asks.made(unit, of: cell) else { continue }
          if asks.change != nil, made.hash != unit.contentHash {
            others += 1
            continue
          }
          units += 1
          if made.hash != unit.contentHash {
            result.differ(.plan, place, found: made.hash, expected: unit.contentHash)
          }
          if made.asks.count != unit.items {
            result.differ(
              .plan, "\(place), their number", found: "\(unit.items)",
              expected: "\(made.asks.count)"
            )
          }
        } catch {
          result.differ(
            .plan, place, found: "some that cannot be made: \(error)", expected: unit.contentHash)
        }
      }
    }
    if let change = asks.change {
      result.leave(.plan, "\(Counted.text(others, "set")) of questions: \(change)")
    }
    result.check(
      .plan,
      "its own hash, those of \(trained) of rows, and those of "
        + Counted.text(units, "set") + " of questions")
  }

  /// Where an answer belongs, in words.
  enum Place {
    static func step(_ step: Int) -> String { step == 0 ? "" : ", step \(step)" }
  }
}
