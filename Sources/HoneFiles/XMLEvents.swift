/// A piece of an XML document. Names have lost their prefix.
enum XMLEvent {
  case open(String, [String: String])
  case close(String)
  case text(String)
}

/// The pieces of an XML document, as far as it can be read, one at a time. Of entities only the five of XML and numbers
/// are known; document types are skipped, so nothing can be declared, expanded or fetched.
struct XMLEvents: Sequence, IteratorProtocol {
  private var scanner: XMLScanner
  private var waiting: [XMLEvent] = []

  init(_ bytes: [UInt8]) { scanner = XMLScanner(bytes: bytes) }

  mutating func next() -> XMLEvent? {
    while waiting.isEmpty {
      guard let events = scanner.next() else { return nil }
      waiting = events
    }
    return waiting.removeFirst()
  }
}

private struct XMLScanner {
  let bytes: [UInt8]
  var place = 0

  mutating func next() -> [XMLEvent]? {
    guard place < bytes.count else { return nil }
    guard bytes[place] == UInt8(ascii: "<") else {
      let end = bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
      defer { place = end }
      return [.text(unescaped(bytes[place..<end]))]
    }
    if starts(with: "<!--") { return skip(past: "-->") }
    if starts(with: "<![CDATA[") {
      let start = place + 9
      let end = find("]]>", from: start) ?? bytes.count
      place = min(bytes.count, end + 3)
      return start <= end ? [.text(String(decoding: bytes[start..<end], as: UTF8.self))] : []
    }
    if starts(with: "<?") || starts(with: "<!") { return skip(past: ">") }
    return tag()
  }

  private mutating func skip(past end: String) -> [XMLEvent] {
    place = find(end, from: place).map { $0 + end.utf8.count } ?? bytes.count
    return []
  }

  private func starts(with text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

  private func find(_ text: String, from start: Int) -> Int? {
    let pattern = Array(text.utf8)
    var index = start
    while index + pattern.count <= bytes.count {
      if bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
      index += 1
    }
    return nil
  }

  private mutating func tag() -> [XMLEvent] {
    var end = place + 1
    var quote: UInt8?
    while end < bytes.count {
      let byte = bytes[end]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        break
      }
      end += 1
    }
    var body = bytes[place + 1..<min(end, bytes.count)]
    place = min(bytes.count, end + 1)
    if body.first == UInt8(ascii: "/") { return [.close(localName(body.dropFirst()))] }
    let closes = body.last == UInt8(ascii: "/")
    if closes { body = body.dropLast() }
    let nameEnd = body.firstIndex(where: isSpace) ?? body.endIndex
    let name = localName(body[body.startIndex..<nameEnd])
    let open = XMLEvent.open(name, attributes(body[nameEnd...]))
    return closes ? [open, .close(name)] : [open]
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private func localName(_ bytes: ArraySlice<UInt8>) -> String {
    let trimmed = bytes.filter { !isSpace($0) }
    let start = trimmed.lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0
    return String(decoding: trimmed[start...], as: UTF8.self)
  }

  private func attributes(_ body: ArraySlice<UInt8>) -> [String: String] {
    var result: [String: String] = [:]
    var rest = body
    while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
      let name = localName(rest[rest.startIndex..<equals])
      guard let open = rest[equals...].firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }),
        let close = rest[(open + 1)...].firstIndex(of: rest[open])
      else { break }
      result[name] = unescaped(rest[open + 1..<close])
      rest = rest[(close + 1)...]
    }
    return result
  }

  private func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
    var result = ""
    var rest = bytes
    while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
      result += String(decoding: rest[rest.startIndex..<start], as: UTF8.self)
      guard let end = rest[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
        result += "&"
        rest = rest[(start + 1)...]
        continue
      }
      result += entity(String(decoding: rest[start + 1..<end], as: UTF8.self))
      rest = rest[(end + 1)...]
    }
    return result + String(decoding: rest, as: UTF8.self)
  }

  private func entity(_ name: String) -> String {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      let value = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
      return name.hasPrefix("#")
        ? value.flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? "\u{FFFD}" : "&\(name);"
    }
  }
}
