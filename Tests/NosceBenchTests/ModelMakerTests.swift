import Foundation
import NosceBench
import NosceEngine
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("Models of random weights")
struct ModelMakerTests {
  @Test("the engine, the tokenizer and the chat template take the folder")
  func loads() throws {
    try withFolder { folder in
      let maker = ModelMaker(directory: folder, threads: 1)
      try maker.make(.micro)
      let model = try ModelParameters(
        directory: maker.checkpoint(of: .micro))
      #expect(ModelSize(model.configuration) == BenchModel.micro.size)
      #expect(model.configuration.eosTokenIDs == [2])
      let chat = try ChatTokenizer(directory: maker.checkpoint(of: .micro))
      #expect(chat.tokenizer.vocabularySize == BenchModel.micro.tokenizerSize)
      let text = "Tell me about the journey."
      #expect(chat.tokenizer.decode(chat.tokenizer.encode(text)) == text)
      #expect(try chat.prompt(messages: [("user", text)]).first == 1)
    }
  }

  @Test("weights have the stated mean and deviation")
  func distribution() throws {
    try withFolder { folder in
      let maker = ModelMaker(directory: folder, threads: 2)
      try maker.make(.micro)
      let model = try ModelParameters(
        directory: maker.checkpoint(of: .micro))
      func moments(_ name: String) throws -> (mean: Double, deviation: Double, count: Double) {
        let values = try #require(model.values(of: name)).map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / Double(values.count)).squareRoot(), Double(values.count))
      }
      for (name, mean, deviation) in [
        ("model.embed_tokens.weight", 0.0, 0.02), ("model.norm.weight", 1.0, 0.1),
      ] {
        let found = try moments(name)
        // Five standard errors of each, and the rounding to bfloat16.
        #expect(abs(found.mean - mean) < 5 * deviation / found.count.squareRoot() + 1e-3 * mean)
        #expect(
          abs(found.deviation / deviation - 1) < 5 / (2 * found.count).squareRoot() + 1e-2)
      }
    }
  }

  @Test("no two tensors are the same numbers")
  func distinct() throws {
    try withFolder { folder in
      let maker = ModelMaker(directory: folder, threads: 1)
      try maker.make(.micro)
      let model = try ModelParameters(
        directory: maker.checkpoint(of: .micro))
      let names = (0..<2).flatMap { layer in
        ["gate", "up"].map { "model.layers.\(layer).mlp.\($0)_proj.weight" }
      }
      let values = try names.map { try #require(model.values(of: $0)) }
      #expect(Set(values).count == names.count)
    }
  }

  @Test("the bytes do not depend on the number of threads")
  func threads() throws {
    // Two pieces in the embedding.
    var model = BenchModel.micro
    model.size.vocabulary = 40_000
    let bytes = try [1, 2].map { threads in
      try withFolder { folder in
        let maker = ModelMaker(directory: folder, threads: threads)
        try maker.make(model)
        return try Data(
          contentsOf: maker.checkpoint(of: model).appending(path: "model.safetensors"))
      }
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test("the second family has biases, and a head where it is not tied")
  func secondFamily() throws {
    try withFolder { folder in
      let maker = ModelMaker(directory: folder, threads: 1)
      try maker.make(.microQwen)
      let file = try SafetensorsFile(
        contentsOf: maker.checkpoint(of: .microQwen).appending(path: "model.safetensors"))
      for letter in ["q", "k", "v"] {
        #expect(file.contains("model.layers.1.self_attn.\(letter)_proj.bias"))
      }
      #expect(!file.contains("model.layers.1.self_attn.o_proj.bias"))
      #expect(file.contains("lm_head.weight"))
      let count = try file.names.reduce(0) { try $0 + file.record(of: $1).elementCount }
      #expect(count == BenchModel.microQwen.parameterCount)
    }
  }

  @Test("what is there already is kept, and what others made is not overwritten")
  func keeping() throws {
    try withFolder { folder in
      let maker = ModelMaker(directory: folder, threads: 1)
      try maker.make(.micro)
      let weights = maker.checkpoint(of: .micro).appending(path: "model.safetensors")
      let date = try FileManager.default.attributesOfItem(atPath: weights.path)[.modificationDate]
      try maker.make(.micro)
      let later = try FileManager.default.attributesOfItem(atPath: weights.path)[.modificationDate]
      #expect(date as? Date == later as? Date)
      try FileManager.default.removeItem(
        at: maker.checkpoint(of: .micro).appending(path: "bench.txt"))
      let error = try #require(throws: BenchError.self) { try maker.make(.micro) }
      #expect(error.description.contains(maker.checkpoint(of: .micro).path))
    }
  }
}
