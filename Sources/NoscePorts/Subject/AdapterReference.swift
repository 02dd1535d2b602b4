import Foundation

/// Where the adapter of a trained subject is.
package enum AdapterReference: Sendable, Hashable {
  /// A folder in PEFT form.
  case folder(URL)
  /// The name under which an endpoint serves it.
  case served(String)
}
