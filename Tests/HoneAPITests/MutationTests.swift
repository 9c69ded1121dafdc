import Foundation
import HoneAPI
import HoneTestSupport
import Testing

/// Pieces that a reader of requests cares about.
private let pieces: [[UInt8]] =
  ([
    "\"", "\\", "\\u", "\\ud800", "\\u0000", "\\udc00", "{", "}", "[", "]", ",", ":", "null", "true", "false", "-1",
    "0", "-",
    "1e9", "1e999", "1e-999", "0.5", "NaN", "9223372036854775808", "\"auto\"", "\"n\":1,", "\"x\":{},", "\"\":0,", "\n",
    " ", "é", "\u{FEFF}", "\u{0}", "\"messages\":[", "[[", "]]", "\"type\":", "\"text\"",
  ]).map { Array($0.utf8) } + [[0xC3], [0xED, 0xA0, 0x80], [0xFF]]

/// One to three changes: a byte, a part cut, doubled, moved, or a piece put in.
private func mutated(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<random.pick([1, 1, 2, 3]) {
    let start = random.number(0...bytes.count)
    let end = min(bytes.count, start + random.pick([1, 2, 5, 20, bytes.count]))
    switch random.number(0...8) {
    case 0 where start < bytes.count: bytes[start] = UInt8(random.number(0...255))
    case 1 where start < bytes.count: bytes[start] ^= 1 << UInt8(random.number(0...7))
    case 2: bytes.removeSubrange(start..<end)
    case 3: bytes.insert(contentsOf: bytes[start..<end], at: random.number(0...bytes.count))
    case 4: bytes.insert(contentsOf: random.pick(pieces), at: start)
    case 5: bytes.replaceSubrange(start..<end, with: random.pick(pieces))
    default: changeValue(&bytes, &random)
    }
  }
  return bytes
}

/// Puts a whole value, or a member and a value, behind the next colon, comma or bracket: the body mostly stays JSON.
private func changeValue(_ bytes: inout [UInt8], _ random: inout Seeded) {
  let start = random.number(0...bytes.count)
  guard let mark = bytes[start...].firstIndex(where: { ":[,{".utf8.contains($0) }) else { return }
  let value = Array(random.pick(probes).json.utf8)
  switch bytes[mark] {
  case UInt8(ascii: ":"):
    let end = bytes[mark...].firstIndex { ",}]".utf8.contains($0) } ?? bytes.count
    bytes.replaceSubrange(mark + 1..<end, with: value)
  case UInt8(ascii: "{"):
    bytes.insert(contentsOf: Array("\"\(random.pick(["x", "n", "type"]))\":".utf8) + value + [0x2C], at: mark + 1)
  default: bytes.insert(contentsOf: value + [0x2C], at: mark + 1)
  }
}

/// Every variant is read or refused with the room's error; what is read is written and read again.
@Test(arguments: RequestKind.all, 0..<4)
private func aDamagedRequestIsRefusedOrRead(_ kind: RequestKind, _ seed: Int) throws {
  func expectRoundTrip(_ request: some RequestBody, _ place: Comment) throws {
    let copy = try type(of: request).init(body: Array(JSONEncoder().encode(request)))
    #expect(copy.unknownFields.isEmpty, place)
    if request.unknownFields.isEmpty { #expect(copy == request, place) }
  }
  var random = Seeded(UInt64(seed))
  let original = Array(kind.body.utf8)
  var (readCount, refusedCount, namedCount) = (0, 0, 0)
  for variant in 0..<mutationCount / 4 {
    let place: Comment = "\(kind.name), seed \(seed), variant \(variant)"
    let bytes = mutated(original, &random)
    do {
      let request = try kind.read(bytes)
      readCount += 1
      if variant % 10 == 0 { try expectRoundTrip(request, place) }
    } catch let error as RequestError {
      refusedCount += 1
      if error.parameter != nil { namedCount += 1 }
      #expect(error.description.utf8.count < 400, place)
    }
  }
  // The changes must reach the readers of fields, not only the check of JSON.
  #expect(readCount > mutationCount / 100 && refusedCount > readCount / 10 && namedCount > mutationCount / 100)
}

/// Every beginning of a body is refused.
@Test(arguments: RequestKind.all)
private func aRequestCutShortIsNotJSON(_ kind: RequestKind) {
  let original = Array(kind.body.utf8)
  for count in 0..<original.count - 1 {
    let error = #expect(throws: RequestError.self) { try kind.read(Array(original[..<count])) }
    switch error {
    case .notJSON, .notUTF8: continue
    default: Issue.record("\(count) bytes gave \(String(describing: error))")
    }
  }
}

/// The query and the form are read from any text.
@Test func anyQueryAndFormIsReadOrRefused() {
  var random = Seeded(9)
  let names = [
    "limit", "after", "order", "purpose", "stream", "metadata", "metadata[", "metadata[]", "expires_after[anchor]",
  ]
  for _ in 0..<mutationCount {
    let items = random.list {
      (name: $0.flag() ? $0.pick(names) : $0.text(), value: $0.flag() ? $0.text() : "\($0.int())")
    }
    let bounds = PageQuery.Bounds(usual: random.int(), most: random.int())
    if let page = try? PageQuery(items, bounds: bounds) {
      #expect(page.limit == bounds.usual || (1...max(1, bounds.most)).contains(page.limit))
    }
    if let file = try? FileCreate(form: items) { #expect(file.purpose.isTaken) }
  }
}
