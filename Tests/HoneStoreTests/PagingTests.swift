import HoneStore
import Testing

/// All pages of the files, one after the other, with `between` done after each.
private func walk(
  _ store: Store, limit: Int, newestFirst: Bool, purpose: String? = nil, between: (Int) throws -> Void = { _ in }
) throws -> [String] {
  var ids: [String] = []
  for page in 0..<1000 {
    let request = PageRequest(after: ids.last, limit: limit, newestFirst: newestFirst)
    let part = try store.files(request, purpose: purpose)
    ids += part.records.map(\.id)
    guard part.hasMore else { return ids }
    try between(page)
  }
  Issue.record("no end")
  return ids
}

/// All of the same second: only the order of insertion tells them apart.
@Test(arguments: [1, 2, 3, 7, 20, 21, Int.max], [true, false])
func pagesOfFilesOfOneSecondGiveEachOnce(limit: Int, newestFirst: Bool) throws {
  try withStore { store in
    let ids = (0..<20).map { "file-\($0 * 7 % 20)" }
    for id in ids { try store.insert(StoredFile.sample(id)) }
    let expected = newestFirst ? ids.reversed() : ids
    #expect(try walk(store, limit: limit, newestFirst: newestFirst) == expected)
  }
}

@Test func filesThatComeBetweenTwoPagesMoveNothing() throws {
  try withStore { store in
    let ids = (0..<9).map { "old-\($0)" }
    for id in ids { try store.insert(StoredFile.sample(id)) }
    let walked = try walk(store, limit: 2, newestFirst: true) { page in
      try store.insert(StoredFile.sample("new-\(page)"))
      _ = try store.deleteFile("new-\(page - 1)")
    }
    #expect(walked == ids.reversed())
  }
}

/// As a script does that deletes what it lists.
@Test(arguments: [1, 2, 3, 8, 9], [true, false])
func filesThatAreDeletedBetweenTwoPagesStillMarkThePlace(limit: Int, newestFirst: Bool) throws {
  try withStore { store in
    let ids = (0..<9).map { "file-\($0)" }
    for id in ids { try store.insert(StoredFile.sample(id)) }
    var listed: [String] = []
    while true {
      let page = try store.files(PageRequest(after: listed.last, limit: limit, newestFirst: newestFirst))
      listed += page.records.map(\.id)
      for record in page.records { _ = try store.deleteFile(record.id) }
      guard page.hasMore, listed.count < 20 else { break }
    }
    #expect(listed == (newestFirst ? ids.reversed() : ids))
    #expect(try store.files().records.isEmpty)
  }
}

@Test func aPageBeforeARecordHoldsTheNearest() throws {
  try withStore { store in
    for id in ["a", "b", "c", "d", "e"] { try store.insert(StoredFile.sample(id)) }
    func page(_ request: PageRequest) throws -> (ids: String, more: Bool) {
      let page = try store.files(request)
      return (page.records.map(\.id).joined(), page.hasMore)
    }
    #expect(try page(PageRequest(before: "d", limit: 2, newestFirst: false)) == ("bc", true))
    #expect(try page(PageRequest(before: "d", limit: 3, newestFirst: false)) == ("abc", false))
    #expect(try page(PageRequest(before: "b", limit: 2)) == ("dc", true))
    #expect(try page(PageRequest(after: "a", before: "e", limit: 2, newestFirst: false)) == ("bc", true))
    _ = try store.deleteFile("d")
    #expect(try page(PageRequest(before: "d", limit: 9, newestFirst: false)) == ("abc", false))
    #expect(try page(PageRequest(before: "none")) == ("", false))
  }
}

/// Numbers of deleted records are not given again: otherwise a new record could come before an old one.
@Test func aFileInsertedAfterTheNewestWasDeletedIsNewest() throws {
  try withStore { store in
    for id in ["a", "b"] { try store.insert(StoredFile.sample(id)) }
    let first = try store.files(PageRequest(limit: 2, newestFirst: false))
    _ = try store.deleteFile("a")
    try store.insert(StoredFile.sample("a"))
    let second = try store.files(PageRequest(after: first.records.last?.id, newestFirst: false))
    #expect(second.records.map(\.id) == ["a"])
  }
}

@Test func aPageOfOnePurposeHoldsNoOther() throws {
  try withStore { store in
    for i in 0..<10 { try store.insert(StoredFile.sample("\(i)", purpose: i % 3 == 0 ? "batch" : "fine-tune")) }
    #expect(try walk(store, limit: 2, newestFirst: false, purpose: "batch") == ["0", "3", "6", "9"])
    #expect(try walk(store, limit: 2, newestFirst: true, purpose: "none") == [])
    // A known record of another purpose still marks a place.
    #expect(try store.files(PageRequest(after: "5"), purpose: "batch").records.map(\.id) == ["3", "0"])
  }
}

@Test func anUnknownPlaceGivesAnEmptyPage() throws {
  try withStore { store in
    try store.insert(StoredFile.sample("1"))
    #expect(try store.files(PageRequest(after: "none")) == Page(records: [], hasMore: false))
    #expect(try store.files(PageRequest(limit: 0)) == Page(records: [], hasMore: true))
    #expect(try store.files(PageRequest(limit: .min)).records.isEmpty)
  }
}
