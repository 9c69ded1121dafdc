/// What a text is found by: its words, and of scripts that write no spaces single characters and pairs.
///
/// The words are divided, lower-cased and freed of accents by SQLite's `unicode61` afterwards. 東京都 becomes
/// 東 京 都 東京 京都.
package enum SearchTerms {
  /// The terms of a text that is kept, with spaces between.
  package static func terms(of text: String) -> String {
    guard text.unicodeScalars.contains(where: isWithoutSpaces) else { return text }
    var result = ""
    for run in runs(text) {
      guard run.isWithoutSpaces else {
        result += run.text
        continue
      }
      result += " " + parts(run.text, all: true).joined(separator: " ") + " "
    }
    return result
  }

  /// A text as a query in the language of FTS5: rows that have any of its terms. Empty for a text without any.
  package static func query(_ text: String) -> String {
    var terms: [String] = []
    var seen: Set<String> = []
    for run in runs(text) {
      let found = run.isWithoutSpaces ? parts(run.text, all: false) : words(run.text)
      for term in found where terms.count < mostTerms && seen.insert(term.lowercased()).inserted { terms.append(term) }
    }
    return terms.map { "\"\($0)\"" }.joined(separator: " OR ")
  }

  /// Terms of a query beyond this many are left out: it is then no question, but a document.
  private static let mostTerms = 256

  /// Letters and digits that stand together.
  private static func words(_ text: String) -> [String] {
    text.split { character in
      !character.unicodeScalars.contains { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    }.map(String.init)
  }

  /// Pairs of neighbours; of one alone itself; with `all` also each one alone.
  private static func parts(_ text: String, all: Bool) -> [String] {
    let characters = Array(text)
    let pairs = zip(characters, characters.dropFirst()).map { String([$0, $1]) }
    return all || pairs.isEmpty ? characters.map { String($0) } + pairs : pairs
  }

  /// The text in pieces that are all of such a script, or all of others.
  private static func runs(_ text: String) -> [(text: String, isWithoutSpaces: Bool)] {
    var result: [(text: String, isWithoutSpaces: Bool)] = []
    for character in text {
      let kind = character.unicodeScalars.first.map(isWithoutSpaces) ?? false
      if result.last?.isWithoutSpaces == kind, !result.isEmpty {
        result[result.count - 1].text.append(character)
      } else {
        result.append((String(character), kind))
      }
    }
    return result
  }

  /// Han, Kana, and Hangul, whose words carry endings.
  private static func isWithoutSpaces(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3041...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFF66...0xFF9D, 0x20000...0x323AF:
      true
    default: false
    }
  }
}
