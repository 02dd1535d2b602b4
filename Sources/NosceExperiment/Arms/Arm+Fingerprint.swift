import NosceCore
import NosceFormats
import NoscePorts
import NosceRows

extension Arm: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("name", .string(name)), ("role", .string(role.rawValue)), ("rows", .list(rows)),
      ("training", training?.fingerprint), ("first_seed", .integer(firstSeed)),
      ("row_count", rowCount.map { .integer($0) }),
      ("adapter", adapter?.fingerprint), ("context", context?.fingerprint),
    ])
  }
}

extension RowSource: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("origin", origin.fingerprint), ("control", control?.fingerprint),
      ("replaceable", replaceable.map { .string($0) }),
    ])
  }
}

extension RowSource.Origin: Fingerprinted {
  package var fingerprint: JSON {
    switch self {
    case .spelledLines(let word, let count):
      .view("spelled-lines", [("word", .string(word)), ("count", .integer(count))])
    case .selfWritten(let word, let count, let temperature):
      .view(
        "self-written",
        [
          ("word", .string(word)), ("count", .integer(count)), ("temperature", .real(temperature)),
        ])
    case .ownAnswers(let bank, let own, let count):
      .view(
        "own-answers",
        [
          ("bank", .string(bank)), ("count", .integer(count)),
          ("system", own.system.map { .string($0) }), ("question", .string(own.question)),
          ("options", .texts(own.options)),
        ])
    case .tasks(let bank, let templates, let count):
      .view(
        "tasks",
        [
          ("bank", .string(bank)), ("count", .integer(count)),
          ("system", templates.system.map { .string($0) }),
          ("question", .string(templates.question)), ("answer", .string(templates.answer)),
        ])
    case .grammar(let grammar, let count):
      .view("grammar", [("grammar", grammar.fingerprint), ("count", .integer(count))])
    case .file(let file): .view("file", [("file", file.fingerprint)])
    case .given(let rows): .view("given", [("rows", .list(rows))])
    case .sameAs(let arm): .view("same-as", [("arm", .string(arm))])
    }
  }
}

extension TrainingOverrides: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("rank", rank.map { .integer($0) }), ("alpha", alpha.map { .real($0) }),
      ("targets", targets.map { .texts($0) }),
      ("layers", layers.map { $0.value.map { .integers($0) } ?? .string("all") }),
      ("steps", steps.map { .integer($0) }),
      ("batch_rows", batchRows.map { $0.value.map { .integer($0) } ?? .string("all") }),
      ("order", order.map { .string($0.rawValue) }),
      ("learning_rate", learningRate.map { .real($0) }),
      ("warmup_steps", warmupSteps.map { .integer($0) }),
      ("schedule", schedule.map { .string($0.rawValue) }),
      ("final_fraction", finalFraction.map { .real($0) }),
      ("weight_decay", weightDecay.map { .real($0) }),
      ("clip_norm", clipNorm.map { $0.value.map { .real($0) } ?? .string("none") }),
      ("rank_stabilised", rankStabilised.map { .bool($0) }),
    ])
  }
}

extension TrainingRecipe: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("base", base.fingerprint),
      (
        "backends",
        .array(
          backends.map {
            .parts([
              ("backend", .string($0.backend)), ("overrides", $0.overrides.fingerprint),
            ])
          })
      ),
      ("by_hand", byHand?.overrides.fingerprint),
      ("rows", rows.map { .integer($0) }), ("calibrated", calibrated?.candidate.fingerprint),
    ])
  }
}

extension Hosts: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("system", system.map { .string($0) }), ("personas", .texts(personas)),
      ("others", .texts(others)),
    ])
  }
}

extension Variable: Fingerprinted {
  package var fingerprint: JSON {
    switch source {
    case .each(let values): .view("each", [("name", .string(name)), ("values", .texts(values))])
    case .pick(let values, let like):
      .view(
        "pick", [("name", .string(name)), ("values", .texts(values)), ("like", .string(like))])
    case .families(let families):
      .view(
        "families",
        [("name", .string(name)), ("families", .array(families.map { .texts($0) }))])
    case .order(let values):
      .view("order", [("name", .string(name)), ("values", .texts(values))])
    }
  }
}

extension ExperimentTask: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("name", .string(name)), ("values", .texts(values))])
  }
}
