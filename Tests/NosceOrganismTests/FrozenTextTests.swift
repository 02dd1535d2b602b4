import Foundation
import NosceCore
import NosceEngine
import NosceOrganism
import NosceTestSupport
import Testing

/// The organisms are not trained again when code is moved, so the text that they were trained on
/// must stay what it was, to the last token.
@Suite("The frozen pretraining text")
struct FrozenTextTests {
  @Test(
    "The first 200 steps of a world are the ones that its organism was trained on",
    arguments: [
      (
        World.Kind.coherent,
        "0a5ae3b123d8f5ae671293f8ca1cc6b5c448db5d3a3bee642417a52734e873b6"
      ),
      (
        World.Kind.null,
        "bc4b4992557208e0e6434e06d0f588adf143390e2abbc31ddf78c5b41f366c4b"
      ),
    ])
  func firstSteps(kind: World.Kind, expected: String) throws {
    let text = try PretrainingText(.shipped, kind: kind, materials: miniature)
    var hashes = ""
    for step in 0..<200 {
      var bytes = Data()
      for example in text.examples(step: step) {
        for (token, isTarget) in zip(example.tokens, example.isTarget) {
          withUnsafeBytes(of: token.littleEndian) { bytes.append(contentsOf: $0) }
          bytes.append(isTarget ? 1 : 0)
        }
        bytes.append(2)
      }
      hashes += ContentHash.of(bytes) + "\n"
    }
    #expect(ContentHash.of(hashes) == expected)
  }
}
