/// How much of all probability must be on what can be answered.
package enum LeastMass {
  /// Below this an answer is none, unless an experiment says otherwise: the rule for judges in
  /// "Emergent Misalignment" (arXiv 2502.17424), for everything that is read off probabilities.
  package static let usual = 0.25
}
