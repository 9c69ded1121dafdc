import Foundation
import HoneStore
import Testing

@Test func aJobComesBackAsItWasInserted() throws {
  try withStore { store in
    let job = StoredJob.sample("ftjob-1", metadata: ["team": "a \"b\" é\\", "": ""])
    try store.insert(job)
    #expect(try store.job("ftjob-1") == job)
    #expect(try store.job(forModel: job.model) == job)
    #expect(try store.job("ftjob-2") == nil)
    #expect(try store.job(forModel: "nano") == nil)
  }
}

@Test func twoJobsCannotHaveOneModelName() throws {
  try withStore { store in
    try store.insert(StoredJob.sample("1"))
    var second = StoredJob.sample("2")
    second.model = StoredJob.sample("1").model
    #expect(throws: StoreError.taken(field: "job.model")) { try store.insert(second) }
    (second.id, second.model) = ("1", "another")
    #expect(throws: StoreError.taken(field: "job.id")) { try store.insert(second) }
    #expect(try store.jobs().map(\.id) == ["1"])
  }
}

@Test func aJobsStateIsReplacedWhole() throws {
  try withStore { store in
    try store.insert(StoredJob.sample("1"))
    let state = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
    #expect(try store.saveState(ofJob: "1", state: state, status: "running"))
    var expected = StoredJob.sample("1")
    (expected.state, expected.status) = (state, "running")
    #expect(try store.job("1") == expected)
    #expect(try !store.saveState(ofJob: "2", state: state, status: "running"))
  }
}

@Test func aDeletedJobIsInNoPageButIsThereForARestart() throws {
  try withStore { store in
    for id in ["1", "2", "3"] { try store.insert(StoredJob.sample(id)) }
    try store.saveState(ofJob: "2", state: Data(), status: "cancelled", isDeleted: true)
    #expect(try store.jobs(PageRequest()).records.map(\.id) == ["3", "1"])
    #expect(try store.jobs(PageRequest(after: "2")).records.map(\.id) == ["1"])
    #expect(try store.jobs().map(\.id) == ["1", "2", "3"])
  }
}

@Test func jobsAreFoundByWhatIsWrittenOnThem() throws {
  try withStore { store in
    let jobs: [(String, [String: String])] = [
      ("1", [:]), ("2", ["team": "a", "run": "1"]), ("3", ["team": "b"]), ("4", ["team": "a"]), ("5", ["n": "a\0"]),
    ]
    for (id, metadata) in jobs { try store.insert(StoredJob.sample(id, metadata: metadata)) }
    func found(_ filter: MetadataFilter) throws -> [String] {
      try store.jobs(PageRequest(), metadata: filter).records.map(\.id)
    }
    #expect(try found(.any) == ["5", "4", "3", "2", "1"])
    #expect(try found(.none) == ["1"])
    #expect(try found(.all(["team": "a"])) == ["4", "2"])
    #expect(try found(.all(["team": "a", "run": "1"])) == ["2"])
    #expect(try found(.all(["team": "a", "run": "2"])) == [])
    #expect(try found(.all(["a": "team"])) == [])
    #expect(try found(.all(["n": "a\0"])) == ["5"])
    #expect(try found(.all(["' OR 1 --": "\""])) == [])
    #expect(try found(.all([:])).count == 5)
    let page = try store.jobs(PageRequest(after: "4", limit: 1), metadata: .all(["team": "a"]))
    #expect(page == Page(records: [.sample("2", metadata: ["team": "a", "run": "1"])], hasMore: false))
  }
}

@Test func aForgottenJobTakesItsHistoryAlongAndLeavesItsFiles() throws {
  try withStore { store in
    for id in ["1", "2"] {
      try store.insert(StoredJob.sample(id))
      try store.insert(StoredFile.sample("file-r-\(id)"))
      try store.append(.sample(id, 1))
      try store.keep(.sample(id, step: 10))
    }
    #expect(try store.forgetJob("1"))
    #expect(try store.job("1") == nil)
    #expect(try store.events(ofJob: "1") == [])
    #expect(try store.checkpoint(forModel: "1:step-10") == nil)
    #expect(try store.file("file-r-1") != nil)
    #expect(try store.events(ofJob: "2").count == 1)
    #expect(try store.checkpoint(forModel: "2:step-10") == .sample("2", step: 10))
    #expect(try !store.forgetJob("1"))
    try store.verify()
  }
}
