import Foundation
import NosceCore
import NosceFormats

/// Text that a command is given: as an argument, in a file, or on standard input.
enum TextInput {
  static func read(_ argument: String?, file: String?) throws -> String {
    if let argument { return argument }
    guard let file, file != "-" else {
      return try decode(FileHandle.standardInput.readToEnd() ?? Data(), "standard input")
    }
    return try decode(try Storage.read(URL(fileURLWithPath: file)), file)
  }

  private static func decode(_ data: Data, _ name: String) throws -> String {
    // What is tokenized is the file as it is, to the mark before it and the zeros in it.
    guard let text = String(validating: data, as: UTF8.self) else {
      let found = ForeignText.name(of: data) ?? "no text"
      throw LabError(.backend, "\(name): found \(found); allowed: UTF-8 text")
    }
    return text
  }
}
