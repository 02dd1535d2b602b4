import NosceCore
import NosceExperiment
import NoscePorts

/// What an experiment is made of, but for its rows, probes and claims.
extension KeyTable {
  package static let experiment = KeyTable(
    "experiment", place: "the whole file",
    "A question, the arms that are trained, what all of them are asked, and what would be an "
      + "answer.",
    keys: [
      FileKey(
        "name", .described("small letters, digits and hyphens", .text), .refused,
        "How runs and reports call it."),
      FileKey("title", .text, .refused, "One line."),
      FileKey("question", .text, .refused, "What it asks, in a sentence or two."),
      FileKey("note", .text, .nothing, "For readers: what is known, and from where."),
      FileKey(
        "variables", .entries(.either(.someOf(.text), .mapping("variable"))), .nothing,
        "What placeholders such as `{word}` stand for. A list has a task for each of its values, and so "
          + "have families."),
      FileKey("hosts", .mapping("hosts"), .nothing, "Who the subjects are."),
      FileKey(
        "seeds", .either(.whole(1...1000), .entries(.whole(1...1000))), .value(6),
        "Trained subjects of each arm and task, by seeds that all arms share; or how many by "
          + "`default`, and on a subject of the given name."),
      FileKey("seed", .whole(0...Int.max), .value(1), "What every random draw begins at."),
      FileKey(
        "training", .entries(.mapping("training")), .nothing,
        "The settings by `default`, and what differs on a subject of the given name."),
      FileKey(
        "arms", .entries(.mapping("arm")), .refused,
        "What is compared, by names of one's own: roles in the protocol, rows in the materials."),
      FileKey(
        "probes", .entries(.mapping("probe")), .refused,
        "What arms are asked: kinds in the protocol, wordings in the materials."),
      FileKey(
        "gates", .entries(.mapping("gate")), .nothing,
        "What must hold before a claim about an arm can be tested."),
      FileKey("contrasts", .entries(.mapping("contrast")), .refused, "The claims."),
      FileKey(
        "associations", .entries(.mapping("association")), .nothing,
        "What may go together from subject to subject. No claim."),
      FileKey(
        "curves", .mapping("dose"), .nothing,
        "More subjects, one setting varied at a time (`--curves`)."),
      FileKey(
        "dose", .mapping("dose"), .nothing,
        "More subjects, every combination of settings (`--dose`)."),
      FileKey(
        "calibrate", .mapping("calibrate"), .nothing,
        "How a recipe is found for models that `training` has no entry for."),
    ], examples: ["name", "title", "question", "seeds", "seed"])

  package static let calibrate = KeyTable(
    "calibrate", place: "`calibrate`",
    "How the least training is found that a model learns the behaviour from honestly, where `training` "
      + "has no entry for it (`nosce calibrate`). The search sees the gates and no claim.",
    keys: [
      FileKey(
        "values", .entries(.someOf(.text)), .words("required where variables have tasks"),
        "Values of variables for the search alone. The first of each is searched on, and all of them "
          + "must then learn it."),
      FileKey(
        "steps", .list(.whole(1...10_000_000)), .refused,
        "From few to many: after each round the better half goes on to more."),
      FileKey(
        "learning_rates", .list(.number(1e-12...1)),
        .words(CalibrationSettings.usualRates.map { "\($0)" }.joined(separator: ", ")),
        "The rates that are tried."),
      FileKey(
        "rows", .list(.whole(1...100_000)), .words("all of an arm"), "The numbers of rows."),
      FileKey(
        "trainings", .whole(1...10_000), .value(.whole(CalibrationSettings.usualBudget)),
        "The most that the search may take."),
      FileKey(
        "margin", .number(0...1_000), .value(.number(CalibrationSettings.usualMargin)),
        "By how much what is tried again must be above the threshold of each gate that more training can "
          + "help, in the gate's unit."),
    ], examples: ["calibrate"])

  package static let variable = KeyTable(
    "variable", place: "an entry of `variables` that is no list",
    "Values in families, of which a square is made; or values in an order that each seed draws; or, "
      + "without tasks of its own, for each value of another variable one of a list: of the same length, "
      + "with the fewest letters in common.",
    keys: [
      FileKey(
        "families", .list(.list(.text)), .nothing, leads: true,
        "A task for each value, as with a list. Those of a family have the same standing, as anagrams "
          + "of each other have; at least two, and no value twice."),
      FileKey(
        "order", .someOf(.text), .nothing, leads: true,
        "No task: `{name_1}` is the first of the values in the order of the subject's seed, `{name_2}` "
          + "the second. At least two, each once."),
      FileKey(
        "like", .name("variable"), .nothing, leads: true,
        "The variable whose value it is matched to."
      ),
      FileKey(
        "from", .someOf(.text), .refused, only: ["like"], "What is picked from, each once."),
    ], examples: ["variables"])

  package static let hosts = KeyTable(
    "hosts", place: "`hosts`",
    "The names under which subjects are trained and asked. Each seed has one of `personas` and one "
      + "of `others`.",
    keys: [
      FileKey(
        "system", .template, .nothing,
        "The system line of every conversation that has no other."),
      FileKey(
        "personas", .someOf(.text), .nothing, "What `{persona}` stands for, each once."),
      FileKey(
        "others", .someOf(.text), .nothing, "What `{other}` stands for, each once."),
    ], examples: ["hosts"])

  package static let training: KeyTable = {
    let usual = TrainingSettings()
    let huge = Double.greatestFiniteMagnitude
    func usually(_ text: String) -> FileKey.Absence { .words(text) }
    return KeyTable(
      "training", place: "each entry of `training`; `training` of an arm",
      "Settings of a fine-tuning. Those of `training.default` are for every subject, those of "
        + "another entry for subjects of that name, those of an arm for that arm; what is not said "
        + "stays as it was.",
      keys: [
        FileKey("rank", .whole(1...4096), usually("\(usual.rank)"), "Of the adapter."),
        FileKey(
          "alpha", .number(0...huge), usually(FileValues.text(of: usual.alpha)),
          "The adapter counts alpha / rank times."),
        FileKey(
          "targets", .someOf(.text), usually(usual.targets.joined(separator: ", ")),
          "Names of the linear layers that get an adapter, or `all-linear`."),
        FileKey(
          "layers", .either(.words(["all"]), .list(.whole(0...10_000))), usually("all"),
          "Numbers of the layers that get an adapter, from 0."),
        FileKey(
          "steps", .whole(1...10_000_000), usually("\(usual.steps)"),
          "Of the optimizer."
        ),
        FileKey(
          "batch_rows", .either(.words(["all"]), .whole(1...1_000_000)), usually("all"),
          "Rows of a step."),
        FileKey(
          "learning_rate", .number(0...1), usually("\(usual.learningRate)"),
          "The highest."),
        FileKey(
          "warmup_steps", .whole(0...1_000_000), usually("\(usual.warmupSteps)"),
          "Steps in which the rate rises to it."),
        FileKey(
          "order", .oneOf(TrainingOrder.self), usually(usual.order.rawValue),
          "In which order rows are trained on: another one each time through, or as the arm lists "
            + "them."),
        FileKey(
          "schedule", .oneOf(LearningRateSchedule.self), usually(usual.schedule.rawValue),
          "How the rate moves after the warm-up."),
        FileKey(
          "final_fraction", .number(0...1), usually(FileValues.text(of: usual.finalFraction)),
          "The rate at the last step, as a fraction of the highest."),
        FileKey(
          "weight_decay", .number(0...1), usually(FileValues.text(of: usual.weightDecay)),
          "Of AdamW."),
        FileKey(
          "clip_norm", .either(.words(["none"]), .number(1e-9...huge)),
          usually(usual.clipNorm.map { FileValues.text(of: $0) } ?? "none"),
          "The longest that a gradient may be."),
        FileKey(
          "rank_stabilised", .flag, usually("\(usual.rankStabilised)"),
          "Alpha / √rank in place of alpha / rank."),
      ], examples: ["training"])
  }()

  package static let arm = KeyTable(
    "arm", place: "each entry of `arms`",
    "One way of being trained, with as many subjects as there are seeds and tasks.",
    keys: [
      FileKey("role", .oneOf(ArmRole.self), .refused, "The part that it plays."),
      FileKey("note", .text, .nothing, "For readers."),
      FileKey(
        "rows", .someOf(.mapping("rows")), .words("required without `adapter` or `context`"),
        only: trained,
        "What it is trained on: one source, or a list of sources whose rows follow one another."),
      FileKey(
        "training", .mapping("training"), .nothing, only: trained,
        "Settings that differ from the experiment's."),
      FileKey(
        "first_seed", .whole(1...1_000_000), .value(1), only: trained,
        "The number of its first seed. Arms that share numbers share what is drawn."),
      FileKey(
        "adapter", .mapping("adapter"), .nothing, only: trained,
        "In place of rows, settings and seeds: its subjects are those of another arm, with their adapters "
          + "changed."),
      FileKey(
        "context", .mapping("context"), .nothing, only: trained,
        "In place of rows, settings and seeds: its subjects are base, with rows of another arm's before "
          + "each question."),
    ],
    glossaries: [Glossary("role", ArmRole.self) { $0.meaning }],
    examples: ["arms/base", "arms/treatment", "arms/long"])

  package static let adapter = KeyTable(
    "adapter", place: "`adapter` of an arm",
    "For each task and seed of an arm that is trained, its adapter with something changed. Nothing is "
      + "trained: what such a subject shows is what any change of that size does.",
    keys: [
      FileKey(
        "of", .name("trained arm"), .refused, "The arm: not base, and none with an `adapter`."),
      FileKey(
        "change", .oneOf(AdapterChange.Kind.self),
        .value(.text(AdapterChange.Kind.none.rawValue)), "What is changed."),
      FileKey(
        "scale", .number(AdapterChange.scales), .value(1.0),
        "How strongly the adapter then counts: 0 leaves the base model, 1 all of it."),
    ],
    glossaries: [Glossary("change", AdapterChange.Kind.self) { $0.meaning }],
    examples: ["arms/permuted", "arms/faint"])

  package static let context = KeyTable(
    "context", place: "`context` of an arm",
    "For each task and seed of an arm that is trained, base with its rows in the context, before each "
      + "question and behind the system line. Nothing is trained: what such a subject says can be read off "
      + "the rows.",
    keys: [
      FileKey(
        "of", .name("trained arm"), .refused, "The arm: not base, and one that has rows of its own."
      ),
      FileKey(
        "rows", .whole(ShownRows.counts), .value(.whole(ShownRows.usualCount)),
        "How many of its rows, from the first on. They must be conversations."),
    ],
    examples: ["arms/shown"])

  private static let trained = ArmRole.allCases.filter { $0 != .base }.map(\.rawValue)
}
