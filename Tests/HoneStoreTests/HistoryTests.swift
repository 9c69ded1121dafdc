import HoneStore
import Testing

@Test func anEventIsAppendedOnce() throws {
  try withStore { store in
    try store.insert(StoredJob.sample("1"))
    #expect(try store.append(.sample("1", 1)))
    #expect(try !store.append(.sample("1", 1)))
    #expect(try !store.append(.sample("1", 1, "something else")))
    #expect(try store.events(ofJob: "1") == [.sample("1", 1)])
  }
}

@Test func anEventOfNoJobIsPassedOver() throws {
  try withStore { store in
    #expect(try !store.append(.sample("1", 1)))
    #expect(try !store.keep(.sample("1", step: 1)))
    try store.verify()
  }
}

@Test func eventsAreReadOnFromANumber() throws {
  try withStore { store in
    try store.insert(StoredJob.sample("1"))
    for number in [3, 1, 2, 5] { try store.append(.sample("1", number)) }
    #expect(try store.events(ofJob: "1").map(\.number) == [1, 2, 3, 5])
    #expect(try store.events(ofJob: "1", from: 3).map(\.number) == [3, 5])
    #expect(try store.events(ofJob: "1", from: 2, limit: 2).map(\.number) == [2, 3])
    #expect(try store.events(ofJob: "1", from: 6).isEmpty)
    #expect(try store.events(ofJob: "1", limit: 0).isEmpty)
    #expect(try store.events(ofJob: "1", limit: -1).isEmpty)
    #expect(try store.events(ofJob: "2").isEmpty)
  }
}

@Test func eventPagesStayWithinTheirJob() throws {
  try withStore { store in
    for job in ["1", "2"] {
      try store.insert(StoredJob.sample(job))
      for number in 1...5 { try store.append(.sample(job, number)) }
    }
    let page = try store.events(ofJob: "2", PageRequest(after: "ftevent-2-4", limit: 2))
    #expect(page == Page(records: [.sample("2", 3), .sample("2", 2)], hasMore: true))
    #expect(try store.events(ofJob: "2", PageRequest(after: "ftevent-2-2", limit: 2)).hasMore == false)
    #expect(try store.events(ofJob: "2", PageRequest(after: "ftevent-1-4")).records.isEmpty)
  }
}

@Test func aCheckpointIsKeptOnceForEachStep() throws {
  try withStore { store in
    try store.insert(StoredJob.sample("1"))
    #expect(try store.keep(.sample("1", step: 20)))
    #expect(try store.keep(.sample("1", step: 10)))
    #expect(try !store.keep(.sample("1", step: 10)))
    #expect(try store.checkpoints(ofJob: "1").records == [.sample("1", step: 20), .sample("1", step: 10)])
    let page = try store.checkpoints(ofJob: "1", PageRequest(after: "ftckpt_1_20", limit: 1))
    #expect(page == Page(records: [.sample("1", step: 10)], hasMore: false))
  }
}
