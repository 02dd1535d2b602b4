import NosceCore

extension Experiment {
  /// The experiment without some of its controls, and without the claims that are about them alone.
  ///
  /// - Returns: what is left and which contrasts go; `nil` where an arm is no control, or a primary
  ///   claim, a gate, a probe, a curve or another arm would have nothing left to stand on.
  package func leavingOut(
    controls names: Set<String>
  ) -> (experiment: Experiment, contrasts: [String])? {
    let left = arms.filter { !names.contains($0.name) }
    guard arms.allSatisfy({ !names.contains($0.name) || $0.role == .control }),
      left.allSatisfy({ arm in arm.source.map { !names.contains($0) } ?? true })
    else { return nil }
    func isAbout(_ contrast: Contrast) -> Bool {
      names.contains(contrast.treatment) || contrast.floors.contains { names.contains($0.arm) }
    }
    let gone = contrasts.filter(isAbout)
    if gone.contains(where: \.primary) { return nil }

    var result = self
    result.arms = left
    result.contrasts.removeAll(where: isAbout)
    /// What is left of a list of arms; nil where nothing is of one that had some.
    func others(_ list: [String]) -> [String]? {
      let kept = list.filter { !names.contains($0) }
      return kept.isEmpty && !list.isEmpty ? nil : kept
    }
    for index in result.probes.indices {
      guard let asked = result.probes[index].arms else { continue }
      guard let kept = others(asked) else { return nil }
      result.probes[index].arms = kept
    }
    for index in result.gates.indices {
      guard let kept = others(result.gates[index].arms),
        result.gates[index].against.map({ !names.contains($0) }) ?? true
      else { return nil }
      result.gates[index].arms = kept
      result.gates[index].exemptions = result.gates[index].exemptions.filter {
        !names.contains($0.key)
      }
    }
    for index in result.associations.indices {
      guard let kept = others(result.associations[index].arms) else { return nil }
      result.associations[index].arms = kept
    }
    for part in [\Experiment.curves, \.dose] {
      guard let listed = result[keyPath: part]?.arms else { continue }
      guard let kept = others(listed) else { return nil }
      result[keyPath: part]?.arms = kept
    }
    return (result, gone.map(\.name))
  }
}
