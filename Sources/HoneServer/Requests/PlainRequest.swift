internal import HoneAPI

/// A request as it stands on the wire, without the wire.
package struct PlainRequest: Sendable {
  package var method: String
  /// The path and the query, still encoded.
  package var target: String
  package var headers: PlainHeaders
  package var body: IncomingBody

  package init(_ method: String, _ target: String, headers: PlainHeaders = [], body: IncomingBody = IncomingBody([])) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }
}

/// Header lines in their order; names count without regard to case.
package struct PlainHeaders: Sendable, Equatable, ExpressibleByArrayLiteral {
  package struct Line: Sendable, Equatable {
    package var name: String
    package var value: String
  }

  package private(set) var lines: [Line] = []

  package init() {}

  package init(_ pairs: [(String, String)]) { lines = pairs.map { Line(name: $0.0, value: $0.1) } }

  package init(arrayLiteral elements: (String, String)...) { self.init(elements) }

  package mutating func append(_ name: String, _ value: String) { lines.append(Line(name: name, value: value)) }

  /// The first line of this name.
  package subscript(name: String) -> String? { lines.first { equalIgnoringCase($0.name, name) }?.value }
}

/// Compares header names, types and such words, which are ASCII.
func equalIgnoringCase(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
  let (left, right) = (left.utf8, right.utf8)
  return left.count == right.count
    && zip(left, right).allSatisfy { $0 == $1 || (lowered($0) == lowered($1)) }
}

private func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

/// Without the spaces and tabs at the rims.
func trimmed(_ text: Substring) -> Substring {
  var text = text
  while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
  while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
  return text
}

/// A header value such as `form-data; name="a"; filename="b;c"`: the word before the first semicolon, and the parameters
/// with their quotes removed.
struct ParameterisedValue {
  let word: Substring
  private(set) var parameters: [(name: Substring, value: String)] = []

  init(_ text: String) {
    var pieces = Self.divided(text)[...]
    word = trimmed(pieces.popFirst() ?? "")
    for piece in pieces {
      guard let sign = piece.firstIndex(of: "=") else { continue }
      let value = trimmed(piece[piece.index(after: sign)...])
      parameters.append((trimmed(piece[..<sign]), Self.unquoted(value)))
    }
  }

  subscript(name: String) -> String? { parameters.first { equalIgnoringCase($0.name, name) }?.value }

  /// Divides at semicolons outside of quotes.
  private static func divided(_ text: String) -> [Substring] {
    var pieces: [Substring] = []
    var (start, place) = (text.startIndex, text.startIndex)
    var (inQuotes, escaped) = (false, false)
    let characters = text.unicodeScalars
    while place < characters.endIndex {
      switch characters[place] {
      case _ where escaped: escaped = false
      case "\\" where inQuotes: escaped = true
      case "\"": inQuotes.toggle()
      case ";" where !inQuotes:
        pieces.append(text[start..<place])
        start = characters.index(after: place)
      default: break
      }
      place = characters.index(after: place)
    }
    return pieces + [text[start...]]
  }

  /// A backslash stands for itself unless a quote or a backslash follows: old clients send Windows paths as they are.
  private static func unquoted(_ text: Substring) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count >= 2, scalars.first == "\"", scalars.last == "\"" else { return String(text) }
    var result = String.UnicodeScalarView()
    var rest = scalars.dropFirst().dropLast()
    while let scalar = rest.popFirst() {
      if scalar == "\\", let next = rest.first, next == "\"" || next == "\\" {
        result.append(next)
        rest.removeFirst()
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
