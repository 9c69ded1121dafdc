import Foundation
import Hone
import Testing

/// Rows are known again by these bytes, so they must not depend on which way they were written.
@Test func fieldsAreWrittenAsFoundationWritesThem() throws {
  var random = SystemRandomNumberGenerator()
  let texts = [
    "", "plain", "a \"quoted\" \\ path/with/slashes", "line\nand\ttab\r\n", "é ü 東京 🙂 \u{2028} \u{7f}",
    "\u{1}\u{1f}\u{8}\u{c}",
    "\u{feff}e\u{301}",
  ]
  let keys = ["b", "A", "a10", "a9", "_", "Z", "b/c", "Ä", "é\"", "key with space", "0"]
  func value(_ depth: Int) -> FieldValue {
    switch Int.random(in: 0..<(depth > 2 ? 6 : 7), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2: .number(Double(Int.random(in: -1000...1000, using: &random)))
    case 3: .number(Double.random(in: -1...1, using: &random) * pow(10, Double.random(in: -30...30, using: &random)))
    case 4: .number([-0.0, 0.1, 1e15, 9_007_199_254_740_993, 1e21, 5e-324, 0.25].randomElement(using: &random) ?? 0)
    case 5: .text(texts.randomElement(using: &random) ?? "")
    default: .list((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1) })
    }
  }
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  for _ in 0..<3000 {
    let some = keys.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random))
    let fields = Dictionary(uniqueKeysWithValues: some.map { ($0, value(0)) })
    #expect(try FieldValue.payload(fields) == String(decoding: encoder.encode(fields), as: UTF8.self))
  }
  #expect(throws: (any Error).self) { try FieldValue.payload(["x": .number(.nan)]) }
}
