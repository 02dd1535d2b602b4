import NosceCore
import NosceFormats

extension Experiment: Fingerprinted {
  /// Everything that is claimed, trained and asked; notes are left out.
  package var fingerprint: JSON {
    .parts([
      ("name", .string(name)), ("title", .string(title)), ("question", .string(question)),
      ("variables", .list(variables)), ("hosts", hosts.fingerprint), ("seeds", .integer(seeds)),
      ("seed", .bits(seed)), ("training", training.fingerprint), ("arms", .list(arms)),
      ("probes", .list(probes)), ("gates", .list(gates)), ("contrasts", .list(contrasts)),
      ("associations", .list(associations)), ("curves", curves?.fingerprint),
      ("dose", dose?.fingerprint),
    ])
  }
}
