/// The version of Nosce, as `--version` prints it and as every run records it.
package enum Version {
  package static let text = "0.2.0"
}
