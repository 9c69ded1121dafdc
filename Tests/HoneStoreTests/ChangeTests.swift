import Foundation
import HoneStore
import Testing

/// Everything the changes below can touch.
private func picture(_ store: Store) throws -> [AnyHashable] {
  let jobs = try store.jobs()
  let history = try jobs.map {
    [try store.events(ofJob: $0.id)] as [AnyHashable] + [try store.checkpoints(ofJob: $0.id).records]
  }
  return [jobs, history, try store.files().records, try store.usage(from: "0", through: "9")]
}

private let aFewChanges: [StoreChange] = [
  .insertJob(.sample("2")), .append(.sample("2", 1)), .insertFile(.sample("file-new")),
  .saveState(job: "1", state: Data("new"), status: "running", isDeleted: false), .append(.sample("1", 2)),
  .append(.sample("1", 3)), .keep(.sample("1", step: 5)),
  .setFileStatus(id: "file-1", status: "processed", details: nil),
  .countTrainedTokens(job: "1", total: 500, day: "2024-02-29", key: "a"), .deleteFile("file-2"),
  .append(.sample("0", 1)), .forgetJob("0"),
]

private func begin(_ store: Store) throws {
  for id in ["0", "1"] { try store.insert(StoredJob.sample(id)) }
  for id in ["file-1", "file-2"] { try store.insert(StoredFile.sample(id)) }
  try store.append(.sample("1", 1))
}

@Test func changesAreMadeInOrder() throws {
  try withStore { store in
    try begin(store)
    try store.apply(aFewChanges)
    #expect(try store.jobs().map(\.id) == ["1", "2"])
    #expect(try store.job("1")?.state == Data("new"))
    #expect(try store.events(ofJob: "1").map(\.number) == [1, 2, 3])
    #expect(try store.checkpoints(ofJob: "1").records.map(\.step) == [5])
    #expect(try store.files(PageRequest(newestFirst: false)).records.map(\.id) == ["file-1", "file-new"])
    #expect(try store.file("file-1")?.status == "processed")
    try store.apply([])
  }
}

@Test func changesMadeAgainChangeNothing() throws {
  try withStore { store in
    try begin(store)
    try store.apply(aFewChanges)
    let once = try picture(store)
    for _ in 0..<3 { try store.apply(aFewChanges) }
    #expect(try picture(store) == once)
    try store.verify()
  }
}

/// The last change cannot be: its job has the name of another's model.
@Test(arguments: 0...aFewChanges.count)
func changesAreMadeTogetherOrNotAtAll(place: Int) throws {
  try withStore { store in
    try begin(store)
    let before = try picture(store)
    var thief = StoredJob.sample("thief")
    thief.model = StoredJob.sample("1").model
    var changes = aFewChanges
    changes.insert(.insertJob(thief), at: place)
    #expect(throws: StoreError.taken(field: "job.model")) { try store.apply(changes) }
    #expect(try picture(store) == before)
  }
}

@Test func trainedTokensAreCountedOnce() throws {
  try withStore { store in
    try store.insert(StoredJob.sample("1"))
    func count(_ total: Int, _ day: String) throws {
      try store.apply([.countTrainedTokens(job: "1", total: total, day: day, key: "a")])
    }
    for total in [100, 100, 250, 200, .min] { try count(total, "2024-02-29") }
    for total in [300, 300] { try count(total, "2024-03-01") }
    try store.apply([.countTrainedTokens(job: "none", total: 7, day: "2024-03-01", key: "a")])
    #expect(try store.usage(from: "0", through: "9").map(\.trainedTokens) == [250, 50])
  }
}
