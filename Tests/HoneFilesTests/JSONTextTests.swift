import HoneFiles
import HoneTestSupport
import Testing

@Test func textEscapesOnlyWhatJSONDemands() {
  #expect(
    JSONValue.string("a\"b\\c/d\n\r\t\u{0}\u{1F}\u{7F}é\u{2028}").text
      == "\"a\\\"b\\\\c/d\\n\\r\\t\\u0000\\u001f\u{7F}é\u{2028}\"")
  #expect(
    JSONValue.object([("b", .null), ("a", .array([.bool(true), .bool(false)]))]).text == #"{"b":null,"a":[true,false]}"#
  )
}

@Test func carriageReturnAndLineFeedStayTwoCharacters() throws {
  let value = JSONValue.string("a\r\nb")
  #expect(value.text == #""a\r\nb""#)
  #expect(try JSONValue(parsing: Array(value.text.utf8)) == value)
}

@Test(arguments: 0..<200 as Range<UInt64>)
func parsingTheTextOfAValueGivesTheValue(seed: UInt64) throws {
  var seeded = Seeded(seed)
  let value = seeded.json(depth: 5)
  let back = try JSONValue(parsing: Array(value.text.utf8))
  #expect(back == value, "seed \(seed)")
  #expect(Array(back.text.utf8) == Array(value.text.utf8), "seed \(seed)")
}

/// A damaged document is refused, or reads as a value that survives its own text.
@Test func damagedDocumentsNeverTrap() throws {
  for seed in 0..<mutationCount {
    var seeded = Seeded(seed)
    let bytes = seeded.damaged(
      Array(seeded.json(depth: 4).text.utf8), pieces: ["\"", "\\u", "\\ud83d", "[", "}", "-", "1e", ",", ":"])
    do {
      let value = try JSONValue(parsing: bytes)
      #expect(try JSONValue(parsing: Array(value.text.utf8)) == value, "seed \(seed)")
    } catch {
      #expect(error.offset >= 0 && error.offset <= bytes.count, "seed \(seed): \(error)")
    }
  }
}
