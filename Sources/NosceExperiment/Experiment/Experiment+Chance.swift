extension Experiment {
  /// How often a guess among choices is right, on average over subjects: families differ in size.
  package func chance(of choices: Choices) -> Double {
    if choices.scoring == .order { return 0.5 }
    guard case .family(let name, _) = choices.candidates, let variable = variable(name),
      let families = variable.families, !families.isEmpty
    else { return 1 / Double(choices.count) }
    return Double(families.count) / Double(variable.values.count)
  }
}
