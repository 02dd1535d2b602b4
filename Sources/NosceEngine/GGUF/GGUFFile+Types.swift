import NosceFormats

extension GGUFFile {
  /// The types of the tensors with their tensors and numbers, the largest share first.
  package var storedTypes: [(type: GGUFTensorType, tensors: Int, parameters: Int)] {
    Dictionary(grouping: tensors, by: \.type)
      .map { type, tensors in (type, tensors.count, tensors.reduce(0) { $0 + $1.count }) }
      .sorted { ($0.parameters, $0.type.rawValue) > ($1.parameters, $1.type.rawValue) }
  }
}
