import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import NosceTokenizer
import Synchronization

/// Lets a checkpoint write lines that begin with given letters.
package final class LineWriting: Sendable {
  private let text: CheckpointText
  private let rows: Int
  /// Read when somebody asks for it: a large vocabulary takes a moment.
  private let known = Mutex<LineVocabulary?>(nil)

  /// - Parameter rows: how many tokens the model has.
  package init(_ text: CheckpointText, rows: Int) {
    self.text = text
    self.rows = rows
  }

  private var vocabulary: LineVocabulary {
    known.withLock { known in
      if let known { return known }
      let made = LineVocabulary(
        text.tokenizer, rows: rows, stops: text.stopTokenIDs, name: text.directory.path)
      known = made
      return made
    }
  }

  /// What an answer is held to.
  ///
  /// - Parameters:
  ///   - isAnswer: whether it is the answer in a conversation, and not what follows a plain text.
  ///   - question: what errors say it answers.
  package func constraint(
    _ starts: LineStarts, isAnswer: Bool, prefill: String?, question: String
  ) throws -> any TokenConstraint {
    if let prefill, !prefill.isEmpty, prefill.last != "\n" {
      throw LabError(
        .backend,
        "starts '\(starts.word)': found an answer that begins with '\(prefill)'; allowed: none that is "
          + "given, or one that ends with a line break")
    }
    return try LineConstraint(
      starts, vocabulary, followsBlank: followsBlank(isAnswer, prefill), question: question)
  }

  /// The lines in what was drawn so.
  package func lines(in tokens: [Int32], isAnswer: Bool, prefill: String?) -> String {
    let vocabulary = vocabulary
    var bytes = tokens.flatMap { vocabulary.bytes(of: $0) }
    if followsBlank(isAnswer, prefill), bytes.first == 0x20 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x0A || last == 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .map { LineConstraint.trimmed(String($0)) }.joined(separator: "\n")
  }

  private func followsBlank(_ isAnswer: Bool, _ prefill: String?) -> Bool {
    isAnswer && (prefill ?? "").isEmpty && text.chat?.followsBlank == true
  }
}
