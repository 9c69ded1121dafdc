import HoneTestSupport

/// Seeded tables and texts for properties; the seed stands in the test's name.
extension Seeded {
  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }

  /// A text of pieces that the rules care about, and of any characters at all.
  mutating func text(_ pieces: ClosedRange<Int>) -> String {
    var text = ""
    for _ in 0..<number(pieces) {
      if chance(0.15), let scalar = Unicode.Scalar(UInt32(number(0...0x1_ffff))) {
        text.unicodeScalars.append(scalar)
      } else {
        text += pick(Self.pieces)
      }
    }
    return text
  }

  private static let pieces = [
    "a", "word ", "Two Words ", "YES", " ->", "\n\n###\n\n", "\n", ".", " END", "é", "e\u{301}", "Σ", "İ", "한국", "👩‍👩‍👧",
    "\u{0}", "\"", "\\", "/", " ", "&amp;", "Ã©", "\u{feff}", "\r\n", "common prefix of everything ",
  ]

  /// A table with any columns and cells, rows of any width.
  mutating func table() -> (columns: [String], rows: [[String]]) {
    let names = ["prompt", "completion", "Prompt", "COMPLETION", "id", "", "prompt", "İ"]
    var columns = chance(0.8) ? ["prompt", "completion"] : []
    for _ in 0..<number(0...2) { columns.append(pick(names)) }
    let labels = (0...number(0...3)).map { _ in text(0...2) }
    let usesLabels = chance(0.5)
    let prefix = chance(0.3) ? text(1...3) : ""
    let hasPrompts = chance(0.85)
    let rows = (0..<number(0...14)).map { _ in
      let width = chance(0.9) ? columns.count : number(0...5)
      return (0..<width).map { cell in
        cell == 0 && !hasPrompts ? "" : prefix + (cell == 1 && usesLabels ? pick(labels) : text(0...4))
      }
    }
    return (columns, rows)
  }
}
