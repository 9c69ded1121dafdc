import HoneFiles
import Testing

private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

/// Documents that RFC 8259 allows, and what they hold.
private let good: [(text: String, value: JSONValue)] = [
  ("null", .null), (" true\n", .bool(true)), ("\tfalse\r", .bool(false)), ("\"\"", .string("")),
  ("[]", .array([])), ("{}", .object([])), ("[ ]", .array([])), ("{ }", .object([])),
  ("[1 , 2]", .array([.number("1"), .number("2")])),
  (#"{"a":{"b":[null]}}"#, .object([("a", .object([("b", .array([.null]))]))])),
  (#"{"":0}"#, .object([("", .number("0"))])),
  (#"{"a":1,"a":2}"#, .object([("a", .number("1")), ("a", .number("2"))])),
  (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
  (#""\u0000\u001f\u00e9\u00E9""#, .string("\u{0}\u{1F}éé")),
  (#""\ud834\udd1e\uD83D\uDE00""#, .string("\u{1D11E}\u{1F600}")),
  (#""\uFFFF\uFDD0\uDBFF\uDFFF""#, .string(String(decoding: [0xFFFF, 0xFDD0, 0xDBFF, 0xDFFF], as: UTF16.self))),
  ("\"\u{7F}\u{2028}\u{1F600}\"", .string("\u{7F}\u{2028}\u{1F600}")),
  ("\u{FEFF}[]", .array([])),
]

@Test(arguments: good.indices)
func everyKindOfValueIsRead(index: Int) throws {
  #expect(try parse(good[index].text) == good[index].value, "\(good[index].text)")
}

@Test(arguments: [
  "0", "-0", "7", "-12", "10", "0.5", "-0.0", "1.25", "1e5", "1E5", "1e+05", "1e-05", "0e0", "123.456e-789",
  "9223372036854775807", "9223372036854775808", "-123456789012345678901234567890", "1e400",
  "0.1000000000000000055511151231257827", String(repeating: "9", count: 5_000),
])
func aNumberKeepsItsDigits(text: String) throws {
  let value = try parse(text)
  #expect(value == .number(text))
  #expect(value.text == text)
}

@Test func onlyWholeNumbersThatFitAreIntegers() throws {
  #expect(try parse("9223372036854775807").integer == Int.max)
  #expect(try parse("-9223372036854775808").integer == Int.min)
  #expect(try parse("-0").integer == 0)
  for text in ["9223372036854775808", "1.0", "1e2", "1e400", "\"1\"", "true", "null", "[1]"] {
    #expect(try parse(text).integer == nil, "\(text)")
  }
}

/// Documents that RFC 8259 forbids, and the byte at which reading must stop.
private let bad: [(text: String, offset: Int)] = [
  ("", 0), (" ", 1), ("[", 1), ("{", 1), ("]", 0), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3),
  ("[1}", 2), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{,}", 1), ("{a:1}", 1), ("{1:1}", 1),
  ("{'a':1}", 1), ("{\"a\":1]", 6), ("{\"a\":1 \"b\":2}", 7), ("1 2", 2), ("{}{}", 2), ("[]]", 2), ("nul", 0),
  ("nulL", 0), ("True", 0), ("truee", 4), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("-", 1), ("+1", 0),
  (".5", 0), ("1.", 2), ("1.e5", 2), ("1e", 2), ("1e+", 3), ("01", 1), ("-01", 2), ("0x10", 1), ("1_000", 1),
  ("--1", 1), ("1,2", 1), ("'a'", 0), ("\"a", 2), ("\"", 1), ("\"\\", 2), ("\"\\\"", 3), ("[\"a\u{0}b\"]", 3),
  ("\"\u{1F}\"", 1), ("\"a\nb\"", 2), ("\"\t\"", 1), ("\"\\a\"", 3), ("\"\\x41\"", 3), ("\"\\U0041\"", 3),
  ("\"\\'\"", 3), ("\"\\u12\"", 3), ("\"\\u123g\"", 3), ("\"\\u-123\"", 3), ("\"\\u 123\"", 3),
  ("\"\\ud800\\u12\"", 9), ("/*a*/1", 0), ("1//a", 1), ("\u{A0}1", 0), ("1\u{C}", 1), ("1\u{0}", 1), ("\u{FEFF}", 3),
  ("\u{FEFF}\u{FEFF}1", 3), ("\"\\uＦＦＦＦ\"", 3),
]

@Test(arguments: bad.indices)
func whatIsNotJSONIsRefusedWhereItGoesWrong(index: Int) {
  let error = #expect(throws: JSONError.self, "\(bad[index].text)") { try parse(bad[index].text) }
  #expect(error?.offset == bad[index].offset, "\(bad[index].text): \(String(describing: error))")
}

@Test(
  arguments: [
    [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
    [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE9, 0x22], [0x22, 0x5C, 0xE9, 0x22], [0xE9], [0x5B, 0xFF, 0x5D],
    [0xFE, 0xFF, 0x00, 0x31], [0x31, 0x00],
  ] as [[UInt8]])
func bytesThatAreNotUTF8AreRefused(bytes: [UInt8]) {
  #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
}

@Test(arguments: [
  (#""\ud800""#, "\u{FFFD}"), (#""\udc00a""#, "\u{FFFD}a"), (#""\ud800\n""#, "\u{FFFD}\n"),
  (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud800\udc00""#, "\u{FFFD}\u{10000}"),
  (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"), (#""\ud800\\u0041""#, "\u{FFFD}\\u0041"),
])
func halfOfASurrogatePairBecomesTheReplacementCharacter(text: String, expected: String) throws {
  #expect(try parse(text).string == expected)
}

@Test func nestingIsLimited() throws {
  let limit = JSONValue.depthLimit
  for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }
    let deepest = nested(limit - 1)
    #expect(try parse(deepest).text == deepest)
    #expect(throws: JSONError.self) { try parse(nested(limit)) }
    #expect(throws: JSONError.self) { try parse(String(repeating: open, count: 1_000_000)) }
  }
}

@Test func aKeyGivenTwiceReadsAsItsLastValue() throws {
  let value = try parse(#"{"a":1,"b":2,"a":3}"#)
  #expect(value["a"]?.integer == 3)
  #expect(value["c"] == nil)
  #expect(try parse("[1]")["a"] == nil)
}
