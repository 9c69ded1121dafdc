import Foundation
import HoneData
import HoneFiles
import Testing

/// One table of `Golden/prepare.jsonl` with what the reference tool did to it.
struct PrepareGolden: Decodable, CustomTestStringConvertible {
  struct File: Decodable {
    var name: String
    var bytes: Int
    var hash: String
    var text: String?
  }
  struct Facts: Decodable {
    var empty: [Int]?
    var duplicates: [Int]?
    var long: [Int]?
    var moved: [Int]?
    var classification, fewRows, upperPrompts, upperCompletions, noSeparator, noEnding, repeatedSeparator: Bool?
    var leadingSpace, repeatedEnding, promptPrefix, completionPrefix, noRemedies, useAsIs, declined: Bool?
    var separator, ending, stripPrompt, stripCompletion, estimate, classes, positive, remindSeparator, stop: String?
  }
  var name: String
  var file = "", format = ""
  var columns: [String] = [], existing: [String] = []
  var rows: [[Cell]] = []
  var generated: Int?
  var answers: [Bool]
  var files: [File]
  var facts: Facts
  var error, crash, repaired: String?
  var emptied: Bool?

  var testDescription: String { name }

  /// A text, or a text with one long run of a character stored as its length.
  struct Cell: Decodable {
    var text: String
    init(from decoder: any Decoder) throws {
      let single = try decoder.singleValueContainer()
      if let plain = try? single.decode(String.self) {
        text = plain
        return
      }
      var parts = try decoder.unkeyedContainer()
      let before = try parts.decode(String.self)
      let run = try parts.decode(String.self)
      let count = try parts.decode(Int.self)
      text = before + String(repeating: run, count: count) + (try parts.decode(String.self))
    }
  }

  static func all() throws -> [PrepareGolden] {
    let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    let lines = try Data(contentsOf: folder.appending(path: "prepare.jsonl")).split(separator: UInt8(ascii: "\n"))
    return try lines.map { try JSONDecoder().decode(PrepareGolden.self, from: $0) }
  }

  var source: PrepareSource {
    get throws {
      let rows = generated.map { (0..<$0).map { ["\($0) ->", " a"] } } ?? rows.map { $0.map(\.text) }
      let format = try #require(SourceFormat(rawValue: format))
      return PrepareSource(fileName: file, format: format, table: Table(columns: columns, rows: rows))
    }
  }
}

/// FNV-1a, 64 bits, as 16 hexadecimal digits.
func fnv(_ bytes: [UInt8]) -> String {
  let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
