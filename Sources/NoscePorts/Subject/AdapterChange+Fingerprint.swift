import NosceCore
import NosceFormats

extension AdapterChange: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("kind", .string(kind.rawValue)), ("scale", .real(scale))])
  }
}
