import Foundation
import HoneFiles
import HoneTestSupport

/// How many damaged files of each kind are tried.
let mutationCount: UInt64 = runsEverything ? 100_000 : 3_000

/// Chosen texts, values and damage, the same for the same seed.
extension Seeded {
  /// Any text, with the characters that file formats care about.
  mutating func text(_ count: ClosedRange<Int> = 0...8) -> String {
    let usual = [
      "a", "b c", "\"", "\\", "\n", "\r", "\r\n", "\t", ",", ";", "\u{0}", "é", "e\u{301}", "한", "\u{1F600}",
      "\u{FEFF}",
    ]
    var text = ""
    for _ in 0..<number(count) { text += pick(usual) }
    return text
  }

  mutating func json(depth: Int) -> JSONValue {
    switch number(0...(depth > 0 ? 6 : 4)) {
    case 0: .null
    case 1: .bool(next() & 1 == 0)
    case 2: .number(pick(["0", "-1", "12.5", "1e9", "99999999999999999999"]))
    case 3, 4: .string(text())
    case 5: .array((0..<number(0...4)).map { _ in json(depth: depth - 1) })
    default: .object((0..<number(0...4)).map { _ in (text(), json(depth: depth - 1)) })
    }
  }

  /// The bytes after one to four accidents: bits flipped, parts lost, doubled, overwritten, or pieces put in.
  mutating func damaged(_ bytes: [UInt8], pieces: [String] = []) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<number(1...4) {
      let start = number(0...bytes.count)
      let end = min(bytes.count, start + number(0...12))
      switch number(0...6) {
      case 0 where start < bytes.count: bytes[start] ^= 1 << UInt8(number(0...7))
      case 1 where start < bytes.count: bytes[start] = pick([0, 0xFF, 0x7F, 0x80, 0x20, 0x22, 0x30, 0x39])
      case 2: bytes.removeSubrange(start..<end)
      case 3: bytes.insert(contentsOf: bytes[start..<end], at: number(0...bytes.count))
      case 4: bytes.insert(contentsOf: self.bytes(number(1...8)), at: start)
      case 5: bytes.removeSubrange(start...)
      default: bytes.replaceSubrange(start..<end, with: pieces.isEmpty ? [] : Array(pick(pieces).utf8))
      }
    }
    return bytes
  }
}

/// A folder that exists while `body` runs.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = try makeFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
