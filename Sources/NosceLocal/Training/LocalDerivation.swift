import NosceCore
import NosceEngine
import NoscePorts

/// Makes adapters of trained ones, folder by folder.
struct LocalDerivation {
  let checkpoint: LoadedCheckpoint

  func result(of derivation: AdapterDerivation) throws -> TrainingResult {
    guard case .folder(let folder) = derivation.source else {
      throw LabError(
        .backend,
        "\(derivation.name): found an adapter that is served, to be changed; allowed: one in a folder"
      )
    }
    let model = checkpoint.model
    let trained = try LoRAAdapter(directory: folder, model: model.configuration)
    let changed = try derivation.change.applied(to: trained, seed: derivation.seed, derivation.name)
    let examples = try checkpoint.encoded(derivation.rows, of: derivation.name)
    let change: Float
    do {
      change = try model.largestLogitChange(from: nil, to: changed, on: examples.map(\.tokens))
    } catch {
      throw LabError(
        .backend, "\(derivation.name), with its changed adapter: \(error)", cause: error)
    }
    try checkpoint.save(changed, to: derivation.directory)
    return TrainingResult(
      adapter: .folder(derivation.directory), largestLogitChange: Double(change))
  }
}

extension AdapterChange {
  func applied(to adapter: LoRAAdapter, seed: UInt64, _ name: String) throws -> LoRAAdapter {
    switch kind {
    case .none: return adapter.scaled(by: scale)
    case .random: return adapter.randomised(seed: seed).scaled(by: scale)
    case .permuted:
      if let module = adapter.layout.modules.first(where: { $0.rank < 2 }) {
        throw LabError(
          .backend,
          "\(name): found an adapter of rank \(module.rank) for \(module.path), whose columns cannot "
            + "be exchanged; allowed: rank 2 or more")
      }
      return adapter.permuted(seed: seed).scaled(by: scale)
    }
  }
}
