import Foundation
import NosceFormats
import Testing

@Suite("Files that are no text in UTF-8")
struct ForeignTextTests {
  private static let text = #"{"text": "Grüße, 日本"}"#

  private static func encoded(_ encoding: String.Encoding, _ text: String = text) -> [UInt8] {
    Array(text.data(using: encoding) ?? Data())
  }

  @Test(
    "The encoding or the compression is named",
    arguments: [
      ([0xFF, 0xFE] + encoded(.utf16LittleEndian), "UTF-16, the low byte first"),
      ([0xFE, 0xFF] + encoded(.utf16BigEndian), "UTF-16, the high byte first"),
      (encoded(.utf16LittleEndian), "UTF-16, the low byte first"),
      (encoded(.utf16BigEndian), "UTF-16, the high byte first"),
      (encoded(.utf16LittleEndian, "a: 日本日本日本日本日本日本"), "UTF-16, the low byte first"),
      ([0xFF, 0xFE, 0, 0] + encoded(.utf32LittleEndian), "UTF-32, the low byte first"),
      ([0, 0, 0xFE, 0xFF] + encoded(.utf32BigEndian), "UTF-32, the high byte first"),
      (encoded(.utf32LittleEndian), "UTF-32, the low byte first"),
      (encoded(.utf32BigEndian), "UTF-32, the high byte first"),
      (
        encoded(.isoLatin1, "{\"text\": \"Grüße\"}"), "Latin-1 or another encoding (byte 13 is 0xFC"
      ),
      (encoded(.windowsCP1252, "{\"text\": \"a “quote”\"}"), "byte 13 is 0x93"),
      (Array("{\"text\": \"é".utf8).dropLast() + [0x22, 0x7D], "byte 11 is 0xC3"),
      ([0x1F, 0x8B, 8, 0, 1, 2], "compressed by gzip"),
      ([0x28, 0xB5, 0x2F, 0xFD, 4], "compressed by zstd"),
      (Array("BZh91AY&SY".utf8) + [0xFF], "compressed by bzip2"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 1], "compressed by xz"),
      ([0x50, 0x4B, 3, 4, 20, 0], "a zip archive"),
      (Array("PAR1".utf8) + [0x15, 4, 0x15], "a Parquet file"),
      ([0x80, 4, 0x95, 1], "bytes that are no text"),
    ] as [([UInt8], String)])
  func named(bytes: [UInt8], words: String) {
    #expect(
      ForeignText.name(of: bytes)?.contains(words) == true, "\(ForeignText.name(of: bytes) ?? "")")
    #expect(ForeignText.text(of: bytes) == nil)
    let error = #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    #expect(
      error?.message.contains(words) == true && error?.message.contains("allowed: UTF-8") == true)
  }

  @Test(
    "Text in UTF-8 is text, whatever it begins with",
    arguments: [
      "", "a", "é", "日本", "BZh9: a name", "PAR1", "PK", "SQLite format 3", "\u{0}", "a\n",
    ])
  func text(_ text: String) {
    #expect(ForeignText.text(of: Array(text.utf8)) == text)
    #expect(ForeignText.name(of: Array(text.utf8)) == nil)
  }

  @Test("A mark before UTF-8 is read over, at the beginning and nowhere else")
  func mark() throws {
    #expect(ForeignText.text(of: ForeignText.mark + Array("a".utf8)) == "a")
    #expect(try JSON(parsing: ForeignText.mark + Array("[1]".utf8)) == .array([.integer(1)]))
    #expect(try JSON(parsing: "\u{FEFF}1") == .integer(1))
    #expect(throws: JSONError.self) { try JSON(parsing: "\u{FEFF}\u{FEFF}1") }
  }
}
