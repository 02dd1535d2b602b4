import NosceCore
import NosceFormats

extension Gate: Fingerprinted {
  package var fingerprint: JSON {
    .view(
      kind.rawValue,
      [
        ("name", .string(name)), ("arms", .texts(arms)), ("probes", .texts(probes)),
        ("at_least", atLeast.map { .real($0) }), ("against", against.map { .string($0) }),
        ("words", .texts(words)), ("may_name_answers", mayNameAnswers.map { .bool($0) }),
        ("exemptions", .texts(exemptions)),
      ])
  }
}

extension Contrast: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("name", .string(name)), ("primary", .bool(primary)), ("probe", .string(probe)),
      ("treatment", .string(treatment)),
      (
        "floors",
        .array(
          floors.map {
            .parts([("arm", .string($0.arm)), ("probe", $0.probe.map { .string($0) })])
          }
        )
      ),
      ("square", square.map { .string($0) }),
      ("direction", .string(direction.rawValue)), ("smallest_effect", .real(smallestEffect)),
      ("level", .real(level)), ("specificity", .bool(specificity)),
    ])
  }
}

extension Association: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("name", .string(name)), ("arms", .texts(arms)), ("probe", .string(probe)),
      ("other_probe", .string(otherProbe)),
    ])
  }
}

extension DoseSettings: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("arms", .texts(arms)), ("probes", .texts(probes)), ("grid", .bool(isGrid)),
      ("every_steps", everySteps.map { .integer($0) }),
      ("points", .array(points.map { .list($0) })),
      ("seeds", seeds.map { .integer($0) }), ("tasks", tasks.map { .integer($0) }),
    ])
  }
}

extension DoseSetting: Fingerprinted {
  package var fingerprint: JSON { .view(axis.rawValue, [("value", .string(label))]) }
}
