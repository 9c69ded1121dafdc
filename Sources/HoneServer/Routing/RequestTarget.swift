package import HoneAPI

/// The path and the query of a request, taken apart.
///
/// The path is divided at `/` first and its percent signs decoded afterwards, so that `%2F` stays inside a segment; empty
/// segments, which come from two strokes in a row, vanish.
package struct RequestTarget: Sendable {
  package let surface: Surface
  /// The segments behind the prefix of the surface.
  package let path: [String]
  package let query: [(name: String, value: String)]

  /// Throws: a refusal of percent signs that stand for nothing, or for bytes that are no text.
  package init(_ target: String) throws(Refusal) {
    let target = Self.withoutAuthority(target)
    let mark = target.firstIndex(of: "?") ?? target.endIndex
    query = Self.query(target[mark...].dropFirst())
    var path: [String] = []
    for segment in target[..<mark].split(separator: "/") {
      guard let text = Self.decoded(segment, plusIsSpace: false) else {
        throw .invalid(nil, "path: expected text in UTF-8 behind its percent signs, found something else", code: nil)
      }
      path.append(text)
    }
    switch (path.first, path.dropFirst().first) {
    case ("v1", _): (surface, self.path) = (.openAI, Array(path.dropFirst()))
    case ("openai", "v1"): (surface, self.path) = (.azureV1, Array(path.dropFirst(2)))
    case ("openai", _):
      let version = query.last { $0.name == "api-version" }?.value ?? ""
      (surface, self.path) = (.azure(version: version), Array(path.dropFirst()))
    default: (surface, self.path) = (.root, path)
    }
  }

  /// A client that believes to talk to a proxy sends the whole address.
  private static func withoutAuthority(_ target: String) -> Substring {
    for scheme in ["http://", "https://"] where target.hasPrefix(scheme) {
      let rest = target.dropFirst(scheme.count)
      return rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
    }
    return target[...]
  }

  /// The names and values; what cannot be decoded stays as it is.
  private static func query(_ text: Substring) -> [(name: String, value: String)] {
    text.split(separator: "&").map { item in
      let sign = item.firstIndex(of: "=") ?? item.endIndex
      let (name, value) = (item[..<sign], item[sign...].dropFirst())
      return (
        decoded(name, plusIsSpace: true) ?? String(name), decoded(value, plusIsSpace: true) ?? String(value)
      )
    }
  }

  static func decoded(_ text: Substring, plusIsSpace: Bool) -> String? {
    guard let bytes = percentDecoded(text.utf8, plusIsSpace: plusIsSpace) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// The bytes behind percent signs, or nil where two hexadecimal digits are missing.
func percentDecoded(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.count)
  var rest = text.makeIterator()
  while let byte = rest.next() {
    switch byte {
    case UInt8(ascii: "%"):
      guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else { return nil }
      bytes.append(high << 4 | low)
    case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
    default: bytes.append(byte)
    }
  }
  return bytes
}

private func hexadecimal(_ digit: UInt8) -> UInt8? {
  switch digit {
  case 0x30...0x39: digit - 0x30
  case 0x41...0x46: digit - 0x37
  case 0x61...0x66: digit - 0x57
  default: nil
  }
}
