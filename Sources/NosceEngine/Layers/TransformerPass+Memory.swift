/// How large a pass is: what it takes, and what it would take, both read off its buffers.
extension TransformerPass {
  convenience init(_ model: LanguageModel, keepsTraces: Bool, team: Team = Team(size: 1)) {
    self.init(
      configuration: model.configuration, layout: model.layout, rotaries: model.rotaries,
      precision: model.precision, keepsTraces: keepsTraces, team: team)
  }

  /// A pass that nothing is computed with: it has sizes, and no memory.
  convenience init(
    sizesOf configuration: ModelConfiguration, _ precision: Precision, keepsTraces: Bool
  ) {
    self.init(
      configuration: configuration, layout: ParameterLayout(configuration),
      rotaries: configuration.rotaries.map { RotaryTable($0, positions: 0) },
      precision: precision, keepsTraces: keepsTraces, team: Team(size: 1))
  }

  private var forwardBuffers: [any RowMemory] {
    traces.flatMap(\.buffers) + operations.forwardBuffers
  }

  // MARK: Reserving

  /// Makes room for a forward pass.
  func reserve(_ batch: BatchRows, _ adapters: [AdapterSpan]) {
    fit(adapters.map(\.operands.layout))
    for trace in traces { trace.buffers.reserve(rows: batch.padded) }
    operations.forwardBuffers.reserve(rows: batch.padded)
  }

  /// Makes room for the backward pass of what `reserve` was for.
  func reserveBackward(rows: Int) { operations.backwardBuffers.reserve(rows: rows) }

  /// The low-rank numbers have the widths of the adapters.
  private func fit(_ adapters: [AdapterLayout]) {
    operations.linear.fit(adapters)
    let isShared = traces.count < configuration.layerCount
    for (index, trace) in traces.enumerated() {
      trace.linear.fit(adapters, layer: isShared ? nil : index)
    }
  }

  // MARK: Sizes

  /// How many bytes its buffers take at present.
  var byteCount: Int {
    forwardBuffers.byteCount + operations.backwardBuffers.byteCount + operations.head.byteCount
      + operations.attention.scratchBytes + operations.products.scratchBytes
  }

  /// How many bytes its buffers take once a batch of whole sequences has gone forward and back
  /// through a new pass.
  ///
  /// - Parameters:
  ///   - rows: those that products are given.
  ///   - targets: the rows that go through the head.
  ///   - longest: the rows of the longest sequence.
  func trainingBytes(rows: Int, targets: Int, longest: Int, adapter: AdapterLayout?) -> Int {
    fit(adapter.map { [$0] } ?? [])
    return forwardBuffers.byteCount(reserving: rows)
      + operations.backwardBuffers.byteCount(reserving: rows)
      + operations.head.byteCount(reserving: targets)
      + operations.attention.scratchBytes(longest: longest)
      + operations.products.scratchBytes(of: operations.matrices)
  }

  /// How many bytes a pass without an adapter takes that has gone forward with so many rows, of
  /// which one goes through the head.
  func askingBytes(rows: Int) -> Int {
    forwardBuffers.byteCount(reserving: rows) + operations.head.askingBytes(reserving: 1)
      + operations.attention.scratchBytes(longest: rows)
  }

  /// At most this many rows go through one training pass: about a gigabyte of kept layers.
  ///
  /// Sums are taken pass by pass, so the number is part of a training's result, and it stays what it
  /// has been since the first adapters were trained: statistics of a few numbers for each row are
  /// left out, and in 32 bits what attention gives counts twice, as if it were kept in two forms.
  var rowLimit: Int {
    let twice = operations.compute.precision == .float32
    let rowBytes = traces.reduce(0) { sum, trace in
      sum + trace.matrices.rowBytes + (twice ? trace.attention.output.rowBytes : 0)
    }
    return max(256, (1 << 30) / max(1, rowBytes))
  }
}
