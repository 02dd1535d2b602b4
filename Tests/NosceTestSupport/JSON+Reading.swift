import Foundation
import NosceFormats

extension JSON {
  /// The document of a file.
  package init(contentsOf url: URL) throws { try self.init(parsing: Data(contentsOf: url)) }

  /// A member of an object.
  package subscript(key: String) -> JSON? { object?[key] }
}
