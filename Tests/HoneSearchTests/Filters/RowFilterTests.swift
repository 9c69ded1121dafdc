import HoneFiles
import HoneTestSupport
import Testing

import HoneSearch

private let row: [String: FilterValue] = [
  "Score": .number(4), "lang": .text("en"), "title": .text("Delicious beans"), "ok": .bool(true), "none": .null,
  "count": .text("1200"), "tags": .list([.text("a"), .number(2)]), "Product Id": .text("B0"), "zip": .text("02139"),
]

@Test(arguments: [
  ("Score >= 4", true), ("Score > 4", false), ("Score = 4", true), ("Score == 4.0", true), ("Score <> 4", false),
  ("Score < 1e1", true), ("Score <= -4", false), ("lang == 'en'", true), ("lang == \"en\"", true),
  ("lang < 'fr'", true),
  ("lang in ('de', 'en')", true), ("lang not in ('de','en')", false), ("lang in ()", false), ("Score in (1, 4)", true),
  ("title contains 'beans'", true), ("title contains 'Beans'", false), ("title not contains 'x'", true),
  ("tags contains 'a'", true), ("tags contains 2", true), ("tags contains 'b'", false), ("Score contains 4", false),
  ("ok == true", true), ("ok != false", true), ("none is null", true), ("missing is null", true),
  ("lang is not null", true),
  ("missing == 1", false), ("missing != 1", true), ("missing < 1", false), ("missing >= 1", false),
  ("missing == null", true),
  ("count > 200", true), ("count == '1200'", true), ("zip == '02139'", true), ("zip == 2139", true),
  ("zip == '2139'", false),
  ("title > 5", false), ("title <= 5", false), ("not Score > 4", true), ("not (Score > 4 or lang == 'en')", false),
  ("Score > 4 or lang == 'en' and ok == true", true), ("(Score > 4 or lang == 'en') and ok == false", false),
  ("NOT Score > 4 AND lang IN ('en')", true), ("`Product Id` == 'B0'", true), ("lang == 'it''s'", false),
  ("not not Score == 4", true),
])
func aFilterHoldsOrDoesNot(text: String, expected: Bool) throws {
  #expect(try RowFilter(parsing: text).matches(row) == expected)
}

@Test(arguments: [
  ("", 1, "a column's name"), ("Score", 6, "a comparison"), ("Score >=", 9, "a value"), ("Score >= and", 10, "a value"),
  ("Score >= 4 lang == 'x'", 12, "'and', 'or' or the end"), ("(Score >= 4", 12, "')'"),
  ("Score >= 'x", 10, "a closing '"),
  ("Score ~ 4", 7, "a name, a value"), ("Score in 4", 10, "'('"), ("Score in (4 5)", 13, "',' or ')'"),
  ("4 <= Score", 1, "a column's name"), ("Score == 1.2.3", 10, "a number"), ("Score not 4", 11, "'in' or 'contains'"),
  ("a is 4", 6, "'null'"), ("and == 4", 1, "a column's name"), ("lang == en", 9, "a value"),
  ("Score == 1 && a == 2", 12, "a name"),
])
func aMistakeIsNamedWithItsColumn(text: String, column: Int, expected: String) throws {
  do {
    _ = try RowFilter(parsing: text)
    Issue.record("'\(text)' was taken")
  } catch let FilterError.syntax(found, words, _) {
    #expect(found == column && words.hasPrefix(expected), "\(text): column \(found), \(words)")
  }
}

@Test func unknownColumnsAreNamed() throws {
  let filter = try RowFilter(parsing: "a == 1 and (b in (2) or not c is null)")
  #expect(filter.fields == ["a", "b", "c"])
  #expect(throws: FilterError.unknownField("b", known: ["a", "c"])) { try filter.checked(against: ["a", "c"]) }
}

@Test func theAPIsFiltersAreTheSameFilters() throws {
  func json(_ text: String) throws -> RowFilter { try RowFilter(json: JSONValue(parsing: Array(text.utf8))) }
  let pairs = [
    (#"{"type":"eq","key":"lang","value":"en"}"#, "lang == 'en'"),
    (#"{"type":"ne","key":"a","value":1.5}"#, "a != 1.5"),
    (#"{"type":"gte","key":"a","value":4}"#, "a >= 4"), (#"{"type":"lt","key":"a","value":-4}"#, "a < -4"),
    (#"{"type":"in","key":"a","value":["x",2,true]}"#, "a in ('x', 2, true)"),
    (#"{"type":"nin","key":"a","value":["x"]}"#, "a not in ('x')"),
    (
      #"{"type":"and","filters":[{"type":"gt","key":"a","value":1},{"type":"or","filters":[{"type":"lte","key":"b","value":2},{"type":"eq","key":"c","value":false}]}]}"#,
      "a > 1 and (b <= 2 or c == false)"
    ),
  ]
  for (text, words) in pairs { #expect(try json(text) == RowFilter(parsing: words)) }
  let wrong = [
    ("[]", "filters"), (#"{"key":"a"}"#, "filters.type"), (#"{"type":"eq","value":1}"#, "filters.key"),
    (#"{"type":"eq","key":"a"}"#, "filters.value"), (#"{"type":"eq","key":"a","value":[1]}"#, "filters.value"),
    (#"{"type":"like","key":"a","value":1}"#, "filters.type"), (#"{"type":"in","key":"a","value":1}"#, "filters.value"),
    (#"{"type":"and","filters":[]}"#, "filters.filters"),
    (#"{"type":"and","filters":[{"type":"eq","key":"a","value":null}]}"#, "filters.filters[0].value"),
    (#"{"type":"in","key":"a","value":[{}]}"#, "filters.value"),
  ]
  for (text, place) in wrong {
    do {
      _ = try json(text)
      Issue.record("\(text) was taken")
    } catch let FilterError.json(found, _, _) { #expect(found == place, "\(text)") }
  }
}

@Test func noTextTrapsTheReader() {
  let parts = [
    "a", "and", "or", "not", "in", "contains", "is", "null", "(", ")", ",", "==", "<", ">=", "'x'", "\"", "'", "`", "1",
    "-", ".", "é",
    "\u{301}", "1e999", "true", "!", "&&", "\n",
  ]
  for seed in 0..<(runsEverything ? 100_000 : 5000) {
    var random = Seeded(seed)
    let text = (0..<random.number(1...12)).map { _ in random.pick(parts) }.joined(separator: random.pick([" ", ""]))
    do {
      let filter = try RowFilter(parsing: text)
      _ = filter.matches(row)
    } catch {
      if case .syntax(let column, _, _) = error { #expect(column >= 1 && column <= text.count + 1, "\(text)") }
    }
  }
  #expect(throws: FilterError.tooDeep(limit: 100)) {
    try RowFilter(parsing: String(repeating: "(", count: 30_000) + "a == 1")
  }
  #expect(throws: FilterError.tooDeep(limit: 100)) {
    try RowFilter(parsing: String(repeating: "not ", count: 10_000) + "a == 1")
  }
  #expect(throws: FilterError.tooLong(limit: RowFilter.longest)) {
    try RowFilter(parsing: String(repeating: "a", count: 70_000))
  }
}
