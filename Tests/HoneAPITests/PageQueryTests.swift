import HoneAPI
import Testing

private func query(
  _ items: [(String, String)], _ bounds: PageQuery.Bounds = .jobs
) throws(RequestError) -> PageQuery {
  try PageQuery(items.map { (name: $0.0, value: $0.1) }, bounds: bounds)
}

@Test func aQueryThatSaysNothingGivesTheUsualPage() throws {
  let page = try query([])
  #expect(page.limit == 20 && page.after == nil && page.order == .descending)
  #expect(page.purpose == nil && page.metadata == nil && !page.stream)
  #expect(try query([], .files).limit == 10_000)
  #expect(try query([], .checkpoints).limit == 10 && query([], .events).limit == 20)
  #expect(try PageQuery([], bounds: .files, order: .ascending).order == .ascending)
}

@Test func aQuerySaysWhatItsItemsSay() throws {
  let page = try query([
    ("limit", "5"), ("after", "file-a"), ("order", "asc"), ("purpose", "fine-tune"), ("stream", "true"), ("x", "y"),
    ("api-version", "2022-12-01"),
  ])
  #expect(page.limit == 5 && page.after == "file-a" && page.order == .ascending)
  #expect(page.purpose == "fine-tune" && page.stream)
  #expect(try query([("limit", ""), ("after", ""), ("order", "")]) == query([]))
  #expect(try query([("limit", "5"), ("limit", "6")]).limit == 6)
}

@Test(arguments: ["0", "-1", "1001", "1.5", "ten", "1e2", " 5", "99999999999999999999", "٣"])
private func aLimitOutOfBoundsOrNotANumberIsWrong(_ limit: String) throws {
  let error = #expect(throws: RequestError.self) { try query([("limit", limit)]) }
  #expect(error?.parameter == "limit" && error?.code == "invalid_value")
  #expect(try query([("limit", "1")]).limit == 1 && query([("limit", "1000")]).limit == 1000)
  #expect(try query([("limit", "10000")], .files).limit == 10_000)
}

@Test func anotherOrderOrStreamIsWrong() throws {
  #expect(
    throws: RequestError.wrong(
      parameter: "order", expected: #"one of "asc", "desc""#, found: "the string \"up\"")
  ) { try query([("order", "up")]) }
  #expect(throws: RequestError.wrong(parameter: "stream", expected: "true or false", found: "the string \"yes\"")) {
    try query([("stream", "yes")])
  }
  for word in ["true", "True", "1"] { #expect(try query([("stream", word)]).stream) }
  for word in ["false", "False", "0"] { #expect(try !query([("stream", word)]).stream) }
}

@Test func metadataFiltersByPairsOrByNone() throws {
  #expect(try query([("metadata[team]", "a"), ("metadata[x]", "")]).metadata == .pairs(["team": "a", "x": ""]))
  #expect(try query([("metadata", "null")]).metadata == PageQuery.Metadata.none)
  #expect(try query([("metadata", "a")]).metadata == nil)
  #expect(try query([("metadata[]]", "a")]).metadata == .pairs(["]": "a"]))
}
