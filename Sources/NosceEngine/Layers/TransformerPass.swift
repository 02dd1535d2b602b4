import CNosceKernels

/// One forward and backward pass at a time through all layers, with memory kept between passes.
///
/// What a layer computes is data (`TransformerLayer`); this runs it. Training keeps a trace of every
/// layer, asking needs one. The operations of a pass are shared out among a team of threads; a
/// pass itself belongs to one thread at a time.
final class TransformerPass {
  typealias Floats = UnsafeMutablePointer<Float>

  let configuration: ModelConfiguration
  let layout: ParameterLayout
  let rotaries: [RotaryTable]
  let precision: Precision
  let team: Team
  let level = nosce_best_level()
  var products = Products()

  /// One for each layer, or one for all.
  let traces: [LayerTrace]
  /// The residual stream behind the last layer.
  let output = Buffer<Float>()
  let activated: OperandBuffer
  let lowRank = Buffer<Float>()
  let scratch: [Buffer<Float>]
  private let angles: [Buffer<Float>]
  private var rowNumbers: [Int32] = []
  // Head
  let finalTrace = LayerTrace.NormTrace()
  let finalNormed: OperandBuffer
  let logits = Buffer<Float>()
  let dlogits: OperandBuffer
  let dfinal = Buffer<Float>()
  // Backward
  let dx = Buffer<Float>()
  let dxOperand: OperandBuffer
  let dbranch: OperandBuffer
  let dactivated = Buffer<Float>()
  let dfeedForwardInput: OperandBuffer
  let dnormed = Buffer<Float>()
  let dinput = Buffer<Float>()
  let dqueryKeyValue = Buffer<Float>()
  let dqueryKeyValueOperand: OperandBuffer
  let dlowRank: OperandBuffer
  let gradientScratch: [Buffer<Float>]

  var hidden: Int { configuration.hiddenSize }
  var vocabulary: Int { configuration.vocabularySize }

  /// How attention finds what a row sees.
  enum Attending {
    /// Each sequence of the batch is whole.
    case whole(PackedBatch)
    /// Rows stand behind what caches keep, and join it where `keeping`.
    case cached([InferencePart], keeping: Bool)
  }

  init(
    configuration: ModelConfiguration, layout: ParameterLayout, rotaries: [RotaryTable],
    precision: Precision, keepsTraces: Bool, team: Team
  ) {
    self.configuration = configuration
    self.layout = layout
    self.rotaries = rotaries
    self.precision = precision
    self.team = team
    traces = (0..<(keepsTraces ? configuration.layerCount : 1)).map { _ in LayerTrace(precision) }
    scratch = (0..<team.size).map { _ in Buffer() }
    gradientScratch = (0..<team.size).map { _ in Buffer() }
    angles = rotaries.map { _ in Buffer() }
    activated = OperandBuffer(precision)
    finalNormed = OperandBuffer(precision)
    dlogits = OperandBuffer(precision)
    dxOperand = OperandBuffer(precision)
    dbranch = OperandBuffer(precision)
    dfeedForwardInput = OperandBuffer(precision)
    dqueryKeyValueOperand = OperandBuffer(precision)
    dlowRank = OperandBuffer(precision)
  }

  convenience init(_ model: LanguageModel, keepsTraces: Bool, team: Team = Team(size: 1)) {
    self.init(
      configuration: model.configuration, layout: model.layout, rotaries: model.rotaries,
      precision: model.precision, keepsTraces: keepsTraces, team: team)
  }

  // MARK: Forward

  /// Runs all layers; returns the residual stream behind the last.
  @discardableResult
  func forward(
    _ weights: Weights, _ adapters: [AdapterSpan], _ batch: BatchRows, attending: Attending
  ) -> Floats {
    let rows = batch.padded
    guard rows > 0 else { return output.pointer }
    reserve(rows, adapters)
    var x = traces[0].input.pointer
    embed(weights, batch, into: x)
    turn(batch)
    let keeps = traces.count == configuration.layerCount
    // A pass that only asks goes to and fro between two streams.
    var other = traces[0].middle.pointer
    for index in configuration.layers.indices {
      let trace = traces[keeps ? index : 0]
      let middle = keeps ? trace.middle.pointer : other
      let next = keeps ? following(index) : other
      attend(
        index, from: x, into: middle, trace, weights, adapters, rows: rows, batch, attending)
      feedForward(
        index, from: x, middle, into: next, trace, weights, adapters, rows: rows)
      if !keeps { other = x }
      x = next
    }
    return x
  }

  private func following(_ index: Int) -> Floats {
    index + 1 < traces.count ? traces[index + 1].input.pointer : output.pointer
  }

  private func reserve(_ rows: Int, _ adapters: [AdapterSpan]) {
    for (index, trace) in traces.enumerated() {
      trace.reserve(rows: rows, configuration.layers[index], hidden: hidden)
    }
    if traces.count == configuration.layerCount { output.reserve(rows * hidden) }
    activated.reserve(rows * (configuration.layers.map(\.feedForward.size).max() ?? 0))
    lowRank.reserve(rows * (adapters.map(\.operands.layout.largestRank).max() ?? 0))
  }

  private func embed(_ weights: Weights, _ batch: BatchRows, into x: Floats) {
    weights.embed(batch.tokens, layout: layout, width: hidden, into: x)
    let scale = configuration.embedding.scale
    if scale != 1 {
      // The reference rounds the factor to the precision that it computes in.
      let factor = precision == .bfloat16 ? rounded(Float(scale)) : Float(scale)
      nosce_scale(level, batch.count * hidden, factor, x)
    }
    if let positions = layout.positions {
      nosce_embedding_add(batch.count, hidden, weights.vector(positions), batch.positions, x)
    }
    (x + batch.count * hidden).update(repeating: 0, count: (batch.padded - batch.count) * hidden)
  }

  private func rounded(_ value: Float) -> Float { float(brainBits: brainBits(value)) }

  /// Looks up the angles of all rows, once for all layers.
  private func turn(_ batch: BatchRows) {
    for (table, rows) in zip(rotaries, angles) {
      rows.reserve(batch.count * table.channels)
      table.fill(rows.pointer, sequences: batch.sequences)
    }
    if rowNumbers.count < batch.count { rowNumbers = (0..<Int32(batch.count)).map { $0 } }
  }

  /// Turns the queries and keys of a layer; `sign` -1 turns gradients back.
  func turn(_ attention: Attention, count: Int, _ fused: Floats, sign: Float) {
    guard let rotary = attention.rotary else { return }
    let width = attention.queryWidth + 2 * attention.keyWidth
    let channels = rotaries[rotary].channels
    team.split(count, isSmall: isSmall(count)) { range in
      rowNumbers.withUnsafeBufferPointer { numbers in
        guard let numbers = numbers.baseAddress else { return }
        nosce_rotary(
          level, range.count, numbers + range.lowerBound,
          attention.heads + attention.keyValueHeads, attention.headSize, channels,
          angles[rotary].pointer, sign, fused + range.lowerBound * width, width)
      }
    }
  }

  /// Whether work of this many rows is done before others could be told of it.
  func isSmall(_ rows: Int) -> Bool { rows * hidden < 8192 }

  // MARK: Layers

  private func attend(
    _ index: Int, from x: Floats, into middle: Floats, _ trace: LayerTrace, _ weights: Weights,
    _ adapters: [AdapterSpan], rows: Int, _ batch: BatchRows, _ attending: Attending
  ) {
    let layer = configuration.layers[index]
    let at = layout.layers[index]
    let attention = layer.attention
    let fused = trace.queryKeyValue.pointer
    norm(
      at.inputNorm, rows, x, copy: at.attentionOutputNorm == nil ? middle : nil, weights,
      into: trace.normed.operand, trace.inputNorm)
    linear(at.queryKeyValue, rows, trace.normed.operand, weights, into: fused, adding: false)
    adapt(adapters, index, .queryKeyValue, trace, rows, trace.normed.operand, into: fused)
    normHeads(attention, at, rows, trace, weights)
    turn(attention, count: batch.count, fused, sign: 1)
    attend(index, attention, trace, attending)
    let attended = trace.attended.pointer
    let width = attention.queryWidth
    (attended + batch.count * width).update(repeating: 0, count: (rows - batch.count) * width)
    let operand = asOperand(attended, trace.attendedOperand, rows: rows, width: width)
    let target = at.attentionOutputNorm == nil ? middle : trace.attentionOutput.pointer
    linear(
      at.attentionOutput, rows, operand, weights, into: target,
      adding: at.attentionOutputNorm == nil)
    adapt(adapters, index, .attentionOutput, trace, rows, operand, into: target)
    if let norm = at.attentionOutputNorm {
      addNormed(
        norm, rows, target, to: x, into: middle, weights, trace.attentionOutputInverse.pointer)
    }
  }

  private func feedForward(
    _ index: Int, from x: Floats, _ middle: Floats, into next: Floats, _ trace: LayerTrace,
    _ weights: Weights, _ adapters: [AdapterSpan], rows: Int
  ) {
    let layer = configuration.layers[index]
    let at = layout.layers[index]
    let isAdded = at.feedForwardOutputNorm == nil
    let copies = isAdded && next != middle
    if copies, layer.isParallel { next.update(from: middle, count: rows * hidden) }
    norm(
      at.feedForwardNorm, rows, layer.isParallel ? x : middle,
      copy: copies && !layer.isParallel ? next : nil, weights,
      into: trace.middleNormed.operand, trace.feedForwardNorm)
    let wide = trace.feedForwardInput.pointer
    linear(
      at.feedForwardInput, rows, trace.middleNormed.operand, weights, into: wide, adding: false)
    adapt(adapters, index, .feedForwardInput, trace, rows, trace.middleNormed.operand, into: wide)
    activate(layer.feedForward, rows, wide)
    let target = isAdded ? next : trace.feedForwardOutput.pointer
    linear(at.feedForwardOutput, rows, activated.operand, weights, into: target, adding: isAdded)
    adapt(adapters, index, .feedForwardOutput, trace, rows, activated.operand, into: target)
    if let norm = at.feedForwardOutputNorm {
      addNormed(
        norm, rows, target, to: middle, into: next, weights,
        trace.feedForwardOutputInverse.pointer)
    }
  }

  private func activate(_ network: FeedForward, _ rows: Int, _ wide: Floats) {
    team.split(rows, isSmall: isSmall(rows)) { range in
      let from = wide + range.lowerBound * network.input.outputs
      let to = activated.operand.at(range.lowerBound * network.size).pointer
      if network.isGated {
        nosce_gated_forward(
          level, network.activation.kernel, range.count, network.size, from, precision.type, to)
      } else {
        nosce_activation_forward(
          level, network.activation.kernel, range.count * network.size, from, precision.type, to)
      }
    }
  }
}

extension Activation {
  var kernel: nosce_activation {
    switch self {
    case .silu: nosce_silu
    case .geluTanh: nosce_gelu_tanh
    case .gelu: nosce_gelu_erf
    }
  }
}
