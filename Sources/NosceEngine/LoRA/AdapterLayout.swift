import Foundation

/// The four places of a layer where a linear group reads its input.
enum AdapterPlace: Int, CaseIterable, Sendable {
  case queryKeyValue, attentionOutput, feedForwardInput, feedForwardOutput

  func group(of layer: TransformerLayer) -> LinearGroup {
    switch self {
    case .queryKeyValue: layer.attention.input
    case .attentionOutput: layer.attention.output
    case .feedForwardInput: layer.feedForward.input
    case .feedForwardOutput: layer.feedForward.output
    }
  }
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
    /// How the base stores the module's rows, which the factor B follows.
    let storage: LinearModule.WeightOrder
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
  /// The largest number of low-rank numbers that a site has for a row.
  let largestRank: Int

  package init(_ configuration: AdapterConfiguration, model: ModelConfiguration) throws(EngineError)
  {
    var sites: [[Site?]] = []
    var end = 0
    for layer in model.layers {
      sites.append(
        AdapterPlace.allCases.map { place in
          Self.site(place.group(of: layer), configuration, end: &end)
        })
    }
    let all = sites.joined().compactMap { $0 }
    let modules = all.flatMap(\.modules)
    guard !modules.isEmpty else {
      throw EngineError(
        "found LoRA targets \(configuration.targets) that match no module; "
          + "allowed: the ends of paths such as \(Self.examples(model)[0])"
      )
    }
    let others = ["lm_head", model.headPath, model.embedding.path, model.embedding.positionsPath]
    for other in others.compactMap({ $0 }) where configuration.matches(modulePath: other) {
      if configuration.targets != .allLinear {
        throw EngineError("found a LoRA target \(other); allowed: the linear modules of the layers")
      }
    }
    for module in modules where module.rank < 1 {
      throw EngineError("found LoRA rank \(module.rank) for \(module.path); allowed: 1 or more")
    }
    try Self.checkNames(configuration, model)
    self.sites = sites
    self.modules = modules
    count = (end + 15) / 16 * 16
    lowestLayer = sites.firstIndex { $0.contains { $0 != nil } } ?? 0
    largestRank = all.map(\.rank).max() ?? 0
  }

  /// The modules of a model's first layer.
  private static func examples(_ model: ModelConfiguration) -> [String] {
    AdapterPlace.allCases.flatMap { $0.group(of: model.layers[0]).modules.map(\.path) }
  }

  /// A name in the targets that no module of the model has is a typing error.
  private static func checkNames(
    _ configuration: AdapterConfiguration, _ model: ModelConfiguration
  ) throws(EngineError) {
    guard case .names(let names) = configuration.targets else { return }
    let paths = model.layers.flatMap { layer in
      AdapterPlace.allCases.flatMap { $0.group(of: layer).modules.map(\.path) }
    }
    for name in names where !paths.contains(where: { $0 == name || $0.hasSuffix("." + name) }) {
      let known = examples(model).compactMap { $0.split(separator: ".").last.map(String.init) }
      throw EngineError(
        "found LoRA target \(name), which no module has; allowed: "
          + "\(known.joined(separator: ", "))"
      )
    }
  }

  private static func site(
    _ group: LinearGroup, _ configuration: AdapterConfiguration, end: inout Int
  ) -> Site? {
    var chosen: [(module: LinearModule, rank: Int, offset: Int)] = []
    var output = 0
    for module in group.modules {
      if configuration.matches(modulePath: module.path) {
        chosen.append((module, configuration.rank(for: module.path), output))
      }
      output += module.outputs
    }
    guard !chosen.isEmpty else { return nil }
    end = (end + 15) / 16 * 16
    var site = Site(inputSize: group.inputs, outputSize: output, offsetA: end)
    site.rank = chosen.reduce(0) { $0 + $1.rank }
    var offsetB = end + site.rank * group.inputs
    var rank = 0
    for part in chosen {
      site.modules.append(
        Module(
          path: part.module.path, rank: part.rank,
          scale: Float(configuration.scaling(for: part.module.path)), inputSize: group.inputs,
          outputSize: part.module.outputs, storage: part.module.storage, rankOffset: rank,
          outputOffset: part.offset, offsetA: end + rank * group.inputs, offsetB: offsetB))
      rank += part.rank
      offsetB += part.rank * part.module.outputs
    }
    end = offsetB
    return site
  }
}

extension AdapterLayout.Module {
  /// Factor B [out, rank] of the checkpoint in the engine's order of rows, or back.
  func reordered(_ b: [Float], toStored: Bool) -> [Float] {
    guard case .interleavedHeads = storage else { return b }
    let tensor = ParameterLayout.Tensor(
      name: path, shape: [outputSize, rank], offset: 0, storage: storage)
    var result = b
    for row in 0..<outputSize {
      let stored = tensor.storedRow(row)
      let (from, to) = toStored ? (row, stored) : (stored, row)
      result.replaceSubrange(
        to * rank..<(to + 1) * rank, with: b[from * rank..<(from + 1) * rank])
    }
    return result
  }
}
