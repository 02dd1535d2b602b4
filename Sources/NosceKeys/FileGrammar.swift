/// The tables of all mappings of experiment, material and question files, in the order of reading.
package enum FileGrammar {
  package static let experiment: [KeyTable] = [
    .experiment, .variable, .hosts, .training, .arm, .adapter, .context, .rows, .turn, .control,
    .decorrelate, .probe, .told, .ask, .wording, .before, .passage, .then, .choices, .scale, .next,
    .grade, .judge, .coherent, .gate, .contrast, .floor, .association, .dose, .calibrate,
  ]
  package static let questions: [KeyTable] = [.question, .judgeEntry, .message]
  package static let materials: [KeyTable] = [.materialsSet, .lines, .words, .bank]
  package static let tables = experiment + materials + questions

  package static func table(_ name: String) -> KeyTable? { tables.first { $0.name == name } }
}
