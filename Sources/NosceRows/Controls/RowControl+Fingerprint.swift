import NosceCore
import NosceFormats

extension RowControl: Fingerprinted {
  package var fingerprint: JSON {
    switch self {
    case .shuffleLines, .shuffleLinesAcross, .redrawLetters, .reorderLetters, .keepFirstLetter,
      .freeLetters, .shuffle, .reverse:
      .view(name)
    case .flip(let pairs):
      .view(name, [("pairs", .array(pairs.map { .texts([$0.first, $0.second]) }))])
    case .decorrelate(let settings):
      .view(
        name,
        [
          ("feature", .string(settings.feature)), ("behaviour", .texts(settings.behaviour)),
          ("move", .string(settings.move.rawValue)),
        ])
    case .relabel(let words):
      .view(name, [("words", .array(words.map { .texts([$0.word, $0.other]) }))])
    }
  }
}
