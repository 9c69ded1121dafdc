import HoneAPI
import HoneTestSupport

/// How many damaged bodies of each kind are tried.
let mutationCount = runsEverything ? 100_000 : 2_000

/// Chosen texts and JSON, the same for the same seed.
extension Seeded {
  /// Half of the time nothing.
  mutating func maybe<T>(_ value: (inout Seeded) -> T) -> T? { flag() ? value(&self) : nil }

  /// Any text, with the characters that JSON and line readers care about.
  mutating func text() -> String {
    let pieces = [
      "a", "b c", "\"", "\\", "/", "\n", "\r\n", "\t", "\u{0}", "\u{1F}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}",
      "é", "e\u{301}", "한", "\u{1F600}", "\u{FEFF}", "\u{2027}", "\u{A8}",
    ]
    return (0..<number(0...6)).map { _ in pick(pieces) }.joined()
  }

  mutating func list<T>(_ element: (inout Seeded) -> T) -> [T] { (0..<number(0...4)).map { _ in element(&self) } }

  /// A number of either sign and any size.
  mutating func double() -> Double {
    pick([0, 1, -2, 0.5, -0.1, 1e-9, 1e22, 123_456.789, .greatestFiniteMagnitude, .leastNormalMagnitude])
  }

  mutating func int() -> Int { pick([0, 1, -1, 42, .max, .min, 1 << 53 + 1]) }
}

/// A request read from text.
func read<Request: RequestBody>(_ text: String, as type: Request.Type = Request.self) throws(RequestError) -> Request {
  try Request(body: Array(text.utf8))
}

/// The error with which a request is refused, or nil.
func refusal<Request: RequestBody>(_ text: String, _ type: Request.Type) -> RequestError? {
  do {
    _ = try Request(body: Array(text.utf8))
    return nil
  } catch { return error }
}
