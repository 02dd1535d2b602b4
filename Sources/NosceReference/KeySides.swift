import Foundation
import NosceFiles
import NosceKeys
import NosceRows

/// On which side of an experiment in two files the keys of a table are, read off the example, which
/// uses all of them.
struct KeySides {
  private var found: [String: Set<Sides.Side>] = [:]

  init(materials: Materials) {
    for use in ExperimentFile.uses(in: ExampleFile.experiment, materials: materials) {
      // Of a list, each item is on the side of the list.
      let path = use.path.split(separator: ".").map { String($0.prefix { $0 != "[" }) }
      guard let side = Sides.side(of: path) else { continue }
      found["\(use.table).\(use.key)", default: []].insert(side)
    }
  }

  func words(for key: FileKey, of table: KeyTable) -> String {
    switch found["\(table.name).\(key.name)"] {
    case [.protocolOnly]: "protocol"
    case [.materials]: "materials"
    case nil: ""
    // A part of it may be in the one file and a part in the other, or it depends on what is around.
    default: "either"
    }
  }
}
