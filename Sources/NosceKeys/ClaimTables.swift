import NosceCore
import NosceExperiment
import NoscePorts

/// What is claimed, and what must hold before.
extension KeyTable {
  private static let behaviour = Gate.Kind.behaviour.rawValue
  private static let coherence = Gate.Kind.coherent.rawValue
  private static let ofOneProbe: [String] =
    [Gate.Kind.behaviour, .novel, .differential, .room].map(\.rawValue)
  private static let shares: [String] = [Gate.Kind.coherent, .novel, .room].map(\.rawValue)
  private static let live = Gate.Kind.adapterLive.rawValue
  private static let huge = 1e9

  package static let gate = KeyTable(
    "gate", place: "each entry of `gates`",
    "What must hold of an arm before a claim about it can be tested.",
    keys: [
      FileKey("kind", .oneOf(Gate.Kind.self), .refused, "What is looked at."),
      FileKey(
        "arms", .someOf(.name("arm")), .words("every arm that is trained itself"), "Where."),
      FileKey(
        "probe", .name("probe"), .refused, only: ofOneProbe, "What shows that it was learnt."),
      FileKey(
        "probes", .someOf(.name("probe")), .words("all that are written"), only: [coherence],
        "Whose answers are looked at."),
      FileKey(
        "at_least", .number(-huge...huge), .refused,
        only: [behaviour, Gate.Kind.differential.rawValue],
        "The lowest mean, or difference, that will do."
      ),
      FileKey(
        "at_least", .number(0...1), .refused, only: shares,
        "The lowest fraction that will do: of coherent answers, of new runs of words, of room."),
      FileKey(
        "against", .name("arm"), .refused, only: [Gate.Kind.differential.rawValue],
        "The arm that it is compared with."),
      FileKey(
        "at_least", .number(0...huge), .value(1e-6), only: [live],
        "The smallest change of a logit that will do."),
      FileKey(
        "words", .list(.template), .nothing, only: [Gate.Kind.leakage.rawValue],
        "More words that must not occur in rows."),
      FileKey(
        "may_name_answers", .flag, .value(false), only: [Gate.Kind.leakage.rawValue],
        "Whether rows may contain the answers of probes, as messages contain the thing that is asked for. "
          + "Only `words` count then."),
      FileKey(
        "exempt", .entries(.text), .nothing,
        "Arms for which it does not count, each with the reason that the report shows."),
    ],
    glossaries: [Glossary("kind", Gate.Kind.self) { $0.meaning }],
    examples: ["gates"])

  package static let contrast = KeyTable(
    "contrast", place: "each entry of `contrasts`",
    "A claim stated beforehand: one arm against others on one probe, or a square, in which subjects are "
      + "each other's comparison. Exactly one is primary.",
    keys: [
      FileKey("primary", .flag, .value(false), "Whether the verdict is about it."),
      FileKey("probe", .name("probe"), .refused, "What is compared."),
      FileKey("treatment", .name("trained arm"), .refused, "Whose score is claimed to differ."),
      FileKey(
        "floors", .list(.either(.name("arm"), .mapping("floor"))),
        .words("required without `square`"),
        "What it must differ from, every one of them."),
      FileKey(
        "square", .name("variable with families"), .nothing,
        "In place of floors: each value of the variable is trained, and each asked for in its family. "
          + "The claim is that subjects give more to their own, by log-probability less base's. The probe "
          + "chooses among the `family` with `minus_base`."),
      FileKey("direction", .oneOf(Direction.self), .value("greater"), "Which way."),
      FileKey(
        "smallest_effect", .number(0...huge), .refused,
        "The smallest difference that would matter, in the probe's own unit. Supported asks for at "
          + "least as much, and where as much is ruled out the claim is not supported. In a square nats, "
          + "at least \(FileValues.text(of: SquareCheck.leastSmallestEffect))."),
      FileKey(
        "level", .number(1e-6...0.25), .value(0.05),
        "Of the one-sided test; intervals leave out as much on each side."),
      FileKey(
        "specificity", .flag, .value(false),
        "Whether it shows that the primary claim is about the subject itself: its floors are the "
          + "treatment itself, asked the same of somebody else; or it is a square of its own, in which the "
          + "same is asked of somebody else. It stands beside the verdict."),
    ],
    examples: ["contrasts"])

  /// What only claims against floors have.
  package static let keysOfFloors = ["floors", "direction"]

  package static let floor = KeyTable(
    "floor", place: "an item of `floors` that is no name",
    "An arm on another probe than the contrast's own.",
    keys: [
      FileKey("arm", .name("arm"), .refused, "Which arm."),
      FileKey("probe", .name("probe"), .words("the contrast's own"), "By which probe."),
    ], examples: ["contrasts/of itself and not of others"])

  package static let association = KeyTable(
    "association", place: "each entry of `associations`",
    "Whether subjects that score higher on one probe score higher on another, within arms.",
    keys: [
      FileKey(
        "arms", .someOf(.name("trained arm")), .refused, "Whose subjects are compared, each once."),
      FileKey(
        "of", .described("two probes that the arms are asked", .list(.name("probe"))), .refused,
        "What may go together."),
    ], examples: ["associations"])

  package static let dose = KeyTable(
    "dose", place: "`curves` and `dose`",
    "Subjects that are trained on more or less, beside the main ones and in no contrast. At least "
      + "one of the settings from `every_steps` to `scales` is varied, in at most "
      + "\(mostCombinations) combinations.",
    keys: [
      FileKey(
        "arm", .someOf(.name("trained arm")), .words("required without `arms`"),
        "Whose rows are varied."),
      FileKey(
        "arms", .someOf(.name("trained arm")), .words("required without `arm`"),
        "The same, several."
      ),
      FileKey(
        "probes", .someOf(.name("probe")), .refused,
        "What is asked: no difference and no outside reader."),
      FileKey(
        "every_steps", .whole(1...1_000_000), .nothing,
        "Ask after every so many steps of the usual training."),
      FileKey(
        "rows", .someOf(.whole(1...100_000)), .nothing,
        "So many rows; with several sources each gives its share. Fewer are the beginning of more."),
      FileKey(
        "epochs", .someOf(.number(0.01...100_000)), .nothing,
        "So many times through the rows, turned into steps of the batch; not with `steps`."),
      FileKey("steps", .someOf(.whole(1...10_000_000)), .nothing, "So many steps."),
      FileKey(
        "times", .someOf(.number(0.01...1000)), .nothing,
        "So many times the steps of the usual training; in `dose` not with `steps` or `epochs`."),
      FileKey("learning_rate", .someOf(.number(1e-12...1)), .nothing, "Such a rate."),
      FileKey(
        "rank", .someOf(.whole(1...4096)), .nothing,
        "Such a rank; alpha changes with it, so that the adapter keeps its scale."),
      FileKey(
        "layers", .list(.described("first and last layer", .list(.whole(0...10_000)))), .nothing,
        "An adapter on these layers only."),
      FileKey(
        "scales", .someOf(.number(AdapterChange.scales)), .nothing,
        "The main subject with its adapter counting so strongly, 0 being the base model and 1 all of it. "
          + "Nothing is trained; in `curves` only."),
      FileKey(
        "seeds", .whole(1...1000), .words("all"), "How many of the experiment's seeds take part."),
      FileKey(
        "tasks", .whole(1...1000), .words("all"),
        "How many of the experiment's tasks take part: the first so many."),
    ], examples: ["curves", "dose"])

  /// The most subjects that `curves` or `dose` may come to, for each arm and seed.
  package static let mostCombinations = 10_000
  /// What `curves` and `dose` can vary.
  package static let varied = [
    "every_steps", "rows", "epochs", "steps", "times", "learning_rate", "rank", "layers",
    "scales",
  ]
}
