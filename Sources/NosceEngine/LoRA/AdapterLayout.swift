import Foundation

/// The four places of a layer where a linear group reads its input.
enum AdapterPlace: Int, CaseIterable, Sendable {
  case queryKeyValue, attentionOutput, gateUp, down
}

/// Where each factor of an adapter lies in one array, and which part of a fused product it changes.
///
/// Modules that share an input form a site: their A factors follow one another, so that one product
/// serves them all.
package struct AdapterLayout: Sendable, Equatable {
  package struct Module: Sendable, Equatable {
    /// As PEFT names it: `model.layers.0.self_attn.q_proj`.
    package let path: String
    package let rank: Int
    package let scale: Float
    package let inputSize: Int
    package let outputSize: Int
    /// Its columns among the site's low-rank numbers, and among the fused output.
    let rankOffset: Int
    let outputOffset: Int
    package let offsetA: Int
    package let offsetB: Int
  }

  struct Site: Sendable, Equatable {
    var modules: [Module] = []
    var rank = 0
    var inputSize = 0
    var outputSize = 0
    var offsetA = 0
  }

  /// By layer, then by place; a site without modules is nil.
  let sites: [[Site?]]
  package let modules: [Module]
  package let count: Int
  /// Backward passes stop here.
  package let lowestLayer: Int

  package init(_ configuration: AdapterConfiguration, model: ModelConfiguration) throws(EngineError)
  {
    let shape = ModelShape(model)
    var sites: [[Site?]] = []
    var end = 0
    for layer in 0..<shape.layers {
      sites.append(
        AdapterPlace.allCases.map { place in
          Self.site(place, layer: layer, shape, configuration, end: &end)
        })
    }
    let modules = sites.flatMap { $0 }.compactMap { $0 }.flatMap(\.modules)
    guard !modules.isEmpty else {
      throw EngineError(
        "found LoRA targets \(configuration.targets) that match no module; "
          + "allowed: the ends of paths such as model.layers.0.self_attn.q_proj"
      )
    }
    for other in ["lm_head", "model.embed_tokens"] where configuration.matches(modulePath: other) {
      if case .names = configuration.targets {
        throw EngineError("found a LoRA target \(other); allowed: the linear modules of the layers")
      }
    }
    for module in modules where module.rank < 1 {
      throw EngineError("found LoRA rank \(module.rank) for \(module.path); allowed: 1 or more")
    }
    try Self.checkNames(configuration, modules)
    self.sites = sites
    self.modules = modules
    count = (end + 15) / 16 * 16
    lowestLayer = sites.firstIndex { $0.contains { $0 != nil } } ?? 0
  }

  /// A name in the targets that no module has is a typing error.
  private static func checkNames(
    _ configuration: AdapterConfiguration, _ modules: [Module]
  ) throws(EngineError) {
    guard case .names(let names) = configuration.targets else { return }
    for name in names
    where !modules.contains(where: { $0.path == name || $0.path.hasSuffix("." + name) }) {
      throw EngineError(
        "found LoRA target \(name), which no module has; "
          + "allowed: \(Self.names.joined(separator: ", "))"
      )
    }
  }

  private static let names = [
    "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
  ]

  private static func site(
    _ place: AdapterPlace, layer: Int, _ shape: ModelShape, _ configuration: AdapterConfiguration,
    end: inout Int
  ) -> Site? {
    let parts: [(name: String, size: Int)]
    let input: Int
    switch place {
    case .queryKeyValue:
      input = shape.hidden
      parts = [
        ("self_attn.q_proj", shape.queryWidth), ("self_attn.k_proj", shape.keyWidth),
        ("self_attn.v_proj", shape.keyWidth),
      ]
    case .attentionOutput:
      input = shape.queryWidth
      parts = [("self_attn.o_proj", shape.hidden)]
    case .gateUp:
      input = shape.hidden
      parts = [("mlp.gate_proj", shape.feedForward), ("mlp.up_proj", shape.feedForward)]
    case .down:
      input = shape.feedForward
      parts = [("mlp.down_proj", shape.hidden)]
    }
    var chosen: [(path: String, rank: Int, size: Int, offset: Int)] = []
    var output = 0
    for (name, size) in parts {
      let path = "model.layers.\(layer).\(name)"
      if configuration.matches(modulePath: path) {
        chosen.append((path, configuration.rank(for: path), size, output))
      }
      output += size
    }
    guard !chosen.isEmpty else { return nil }
    end = (end + 15) / 16 * 16
    var site = Site(inputSize: input, outputSize: output, offsetA: end)
    site.rank = chosen.reduce(0) { $0 + $1.rank }
    var offsetB = end + site.rank * input
    var rank = 0
    for part in chosen {
      site.modules.append(
        Module(
          path: part.path, rank: part.rank, scale: Float(configuration.scaling(for: part.path)),
          inputSize: input, outputSize: part.size, rankOffset: rank, outputOffset: part.offset,
          offsetA: end + rank * input, offsetB: offsetB))
      rank += part.rank
      offsetB += part.rank * part.size
    }
    end = offsetB
    return site
  }
}
