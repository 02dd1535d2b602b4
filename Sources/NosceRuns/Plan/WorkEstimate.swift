import NosceExperiment
import NoscePorts

/// How much there is to do: what the forecast is made of, and what progress is measured against.
package struct WorkEstimate: Codable, Sendable, Hashable {
  package var trainedSubjects = 0
  /// Training rows, each counted once for every step that it takes part in.
  package var trainingRows = 0
  package var sampledAnswers = 0
  package var scoredAnswers = 0
  /// What a judge scores or writes; how long it takes depends on the judge.
  package var judgedTexts = 0

  package init() {}

  /// One fine-tuning.
  init(_ training: PlannedTraining) {
    trainedSubjects = 1
    trainingRows =
      training.settings.steps
      * min(training.settings.batchRows ?? training.rows.count, training.rows.count)
  }

  /// One probe put to one subject.
  ///
  /// What base gives the same texts is remembered from subject to subject (``RememberingSubject``), for
  /// only exact log-probabilities are held against it.
  init(_ unit: PlannedUnit, of probe: Probe) {
    if let texts = probe.scoredTexts {
      scoredAnswers = unit.items * texts
    } else {
      sampledAnswers = unit.items
    }
    if probe.prompt?.then != nil { sampledAnswers += unit.items }
    if let judging = probe.judging { judgedTexts = unit.items * judging.scoredTexts }
  }

  package static func += (total: inout WorkEstimate, part: WorkEstimate) {
    total.trainedSubjects += part.trainedSubjects
    total.trainingRows += part.trainingRows
    total.sampledAnswers += part.sampledAnswers
    total.scoredAnswers += part.scoredAnswers
    total.judgedTexts += part.judgedTexts
  }

  /// Seconds on one machine, given what each piece of work takes there.
  package func seconds(_ rates: WorkRates, parallel: Int = 1) -> Double {
    let parts = parts(rates, parallel: parallel)
    return parts.training + parts.asking
  }

  /// The same in its two parts.
  package func parts(
    _ rates: WorkRates, parallel: Int = 1
  ) -> (training: Double, asking: Double) {
    let lanes = Double(max(1, parallel))
    let training =
      Double(trainedSubjects) * rates.perSubject + Double(trainingRows) * rates.perTrainingRow
    let asking =
      Double(sampledAnswers) * rates.perSampledAnswer
      + Double(scoredAnswers) * rates.perScoredAnswer
    return (training / lanes, asking / lanes)
  }
}

extension Experiment {
  /// What one probe put to one subject takes.
  func work(of unit: PlannedUnit) -> WorkEstimate {
    probe(unit.probe).map { WorkEstimate(unit, of: $0) } ?? WorkEstimate()
  }

  /// What training one subject takes, and then every probe put to it.
  func work(of cell: PlannedCell) -> WorkEstimate {
    var work = cell.training.map { WorkEstimate($0) } ?? WorkEstimate()
    for unit in cell.units { work += self.work(of: unit) }
    return work
  }
}
