import Foundation
import NosceBench
import NosceCore
import NosceFormats
import NosceTestSupport
import Testing

/// The golden numbers are those of the neutral definition in Python that every compared program
/// reads: the first ids, and SHA-256 of `json.dumps` of the whole.
@Suite("Inputs")
struct InputsTests {
  static let hashes = [
    ("tiny", "be552203173ff5d2e6030956cdb1295a9cf92660544ce5d848e70c1a72577951"),
    ("small", "ea0c0ed66fb3ca06ec563e220d7eb21b727d32e7edcfc0652dd1f19c09ec798d"),
    ("smol135", "cd1a3f0a90a53d59ef9bd3519cb33242de3299ba9d02d16b17c930e6e211af73"),
    ("qwen05", "55949137ad2a7f06f2d173abbec5b774f6082d0d83f67cf29245b3f86eed7041"),
  ]

  @Test("the file has the same bytes as the one that Python makes", arguments: hashes)
  func bytes(_ name: String, _ hash: String) throws {
    try withFolder { folder in
      let url = folder.appending(path: "inputs.json")
      try BenchInputs(for: BenchModel.named(name)).write(to: url)
      #expect(ContentHash.of(try Data(contentsOf: url)) == hash)
    }
  }

  @Test("the first numbers of each stream")
  func firstNumbers() {
    let inputs = BenchInputs(for: .tiny)
    #expect(inputs.training[0][0].prefix(8) == [561, 183, 1134, 1051, 809, 880, 853, 1029])
    #expect(inputs.samplePrompts[0].prefix(4) == [990, 786, 991, 724])
    #expect(inputs.singlePrompt.prefix(4) == [1149, 185, 785, 223])
    #expect(inputs.scoring[0].prompt.prefix(4) == [1178, 416, 975, 206])
    #expect(inputs.scoring[0].candidates[0] == [978, 969, 111, 37, 459, 285])
    #expect(inputs.samplePrompts.reduce(0) { $0 + $1.count } == 1526)
    #expect(inputs.scoring.allSatisfy { $0.candidates.reduce(0) { $0 + $1.count } == 253 })
  }

  @Test("the texts of the experiment")
  func texts() throws {
    let texts = try #require(BenchInputs(for: .tiny).experiment)
    #expect(texts.arms.map(\.count) == [10, 10, 10, 10])
    #expect(texts.questions.count == 200)
    #expect(texts.choices.count == 400)
    #expect(texts.arms[0][0].user == "Tell me about the journey and the winter.")
    #expect(
      texts.arms[0][0].assistant.hasPrefix("H station and the question by the language.\nE music"))
    #expect(
      texts.choices[0].options == [
        "They spell the word signal and answer.", "They spell the word teacher and paper.",
      ])
    #expect(BenchInputs(for: .small).experiment == nil)
  }

  @Test("a file that was written is read back", arguments: [BenchModel.tiny, .micro])
  func reading(_ model: BenchModel) throws {
    try withFolder { folder in
      let url = folder.appending(path: "inputs.json")
      let inputs = BenchInputs(for: model)
      try inputs.write(to: url)
      #expect(try BenchInputs(contentsOf: url) == inputs)
    }
  }

  @Test(
    "a damaged file is refused with its name, the place, and what is allowed",
    arguments: [
      ("{", "no JSON", "an inputs file"),
      ("[]", "model: found nothing", "a string"),
      (#"{"model": "x", "lora_rank": 0}"#, "lora_rank: found an integer", "from 1"),
      (
        #"{"model": "x", "lora_rank": 1, "lora_alpha": 2, "train": [[[1, -2]]]}"#,
        "train[0][0][1]: found an integer", "a token id"
      ),
      (
        #"{"model": "x", "lora_rank": 1, "lora_alpha": 2, "train": [[]]}"#,
        "train[0]: found a list", "not empty"
      ),
    ])
  func damaged(_ text: String, _ found: String, _ allowed: String) throws {
    try withFolder { folder in
      let url = folder.appending(path: "inputs.json")
      try Data(text.utf8).write(to: url)
      let error = try #require(throws: BenchError.self) { try BenchInputs(contentsOf: url) }
      for part in [url.path, found, allowed] { #expect(error.description.contains(part)) }
    }
  }
}
