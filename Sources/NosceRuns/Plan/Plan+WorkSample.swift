import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

extension Plan {
  /// A part of the plan's work that stands for all of it: one training, and what one subject is
  /// asked by every probe.
  package func workSample(materials: Materials) throws -> WorkSample {
    var sample = WorkSample()
    if let training = cells.lazy.compactMap(\.training).first {
      sample.training = (training.rows, training.settings)
    }
    let builder = AskBuilder(experiment: experiment, materials: materials)
    for probe in experiment.probes where probe.kind != .difference {
      let items = cells.reduce(0) { sum, cell in
        sum + cell.units.filter { $0.probe == probe.name }.reduce(0) { $0 + $1.items }
      }
      guard let cell = cells.first(where: { $0.units.contains { $0.probe == probe.name } }),
        case let asks = try builder.asks(of: probe, task: cell.task, seed: cell.seed),
        let first = asks.first
      else { continue }
      if case .topic = probe.form {
        // Answers that are not written yet are about as long as those of the rows.
        let answer = sample.training?.rows.lazy.compactMap(\.answers.first).first ?? ""
        sample.scoring.append(
          .init(
            prompts: items * (1 + Probe.Topic.others),
            request: ScoreRequest(chat: first.chat, texts: [answer.isEmpty ? "." : answer])))
      } else if let request = first.scoreRequest {
        sample.scoring.append(.init(prompts: items, request: request))
      } else {
        sample.sampling.append(
          .init(answers: items, requests: asks.compactMap(\.sampleRequest)))
      }
    }
    return sample
  }
}
