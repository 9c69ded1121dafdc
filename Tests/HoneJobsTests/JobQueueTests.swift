import HoneJobs
import HoneTestSupport
import Testing

/// Some jobs behind one queue, as a supervisor would hold them.
private struct Office {
  var queue: JobQueue
  var machines: [String: JobMachine] = [:]
  var now = 1000

  init(limit: Int = 1, capacity: Int = 1000) { queue = JobQueue(limit: limit, capacity: capacity) }

  mutating func take(_ id: String, _ input: JobInput) {
    _ = machines[id]?.take(input, at: now)
    if let state = machines[id]?.state { queue.update(state) }
  }

  mutating func add(_ id: String, owner: String) {
    machines[id] = JobMachine(
      JobIdentity(id: id, owner: owner, model: "m-\(id)", resultFile: "file-\(id)"),
      policy: CrashPolicy(firstDelay: 10))
    take(id, .created)
    take(id, .filesChecked(ahead: queue.queueNumber(of: id) ?? 0))
  }

  func lease(_ id: String) -> Int { machines[id]?.state.lease ?? 0 }

  /// Starts whatever may start, and says what.
  mutating func startAll() -> [String] {
    var started: [String] = []
    while let id = queue.next(at: now) {
      take(id, .turnCame)
      take(id, .workerStarted(pid: 4321, lease: lease(id)))
      started.append(id)
    }
    return started
  }

  mutating func end(_ id: String) {
    take(id, .cancelAsked)
    take(id, .workerVanished(lease: lease(id), step: nil, .unseen))
  }

  /// Every job in turn, ending each as soon as it has started.
  mutating func startAndEndAll() -> [String] {
    var started: [String] = []
    while let id = queue.next(at: now) {
      take(id, .turnCame)
      take(id, .workerStarted(pid: 4321, lease: lease(id)))
      end(id)
      started.append(id)
    }
    return started
  }
}

@Test func theOldestJobOfOneOwnerStartsFirst() {
  var office = Office()
  for id in ["a", "b", "c"] { office.add(id, owner: "ann") }
  #expect(office.queue.waiting == ["a", "b", "c"])
  #expect(office.startAndEndAll() == ["a", "b", "c"])
}

@Test func noMoreJobsRunThanPlacesExist() {
  var office = Office(limit: 2)
  for id in ["a", "b", "c"] { office.add(id, owner: "ann") }
  #expect(office.startAll() == ["a", "b"])
  #expect(office.queue.freePlaces == 0)
  office.end("a")
  #expect(office.startAll() == ["c"])
}

@Test func aCancelledJobHoldsItsPlaceUntilItsWorkerIsGone() {
  var office = Office()
  for id in ["a", "b"] { office.add(id, owner: "ann") }
  #expect(office.startAll() == ["a"])
  office.take("a", .cancelAsked)
  #expect(office.startAll() == [])
  office.take("a", .workerVanished(lease: 1, step: nil, .killed(signal: 9)))
  #expect(office.startAll() == ["b"])
}

@Test func pausedJobsArePassedOverAndComeBackAtTheirAge() {
  var office = Office()
  for id in ["a", "b", "c"] { office.add(id, owner: "ann") }
  office.take("a", .pauseAsked)
  #expect(office.queue.waiting == ["b", "c"])
  office.take("a", .resumeAsked)
  #expect(office.queue.waiting == ["a", "b", "c"])
}

@Test func ownersTakeTurns() {
  var office = Office()
  for number in 1...4 { office.add("a\(number)", owner: "ann") }
  for number in 1...2 { office.add("b\(number)", owner: "bob") }
  office.add("c1", owner: "cleo")
  let order = ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]
  #expect(office.queue.waiting == order)
  #expect(office.startAndEndAll() == order)
}

@Test func theOwnerWithFewestPlacesInUseComesFirst() {
  var office = Office(limit: 3)
  for number in 1...4 { office.add("a\(number)", owner: "ann") }
  #expect(office.startAll() == ["a1", "a2", "a3"])
  office.add("b1", owner: "bob")
  #expect(office.queue.waiting == ["b1", "a4"])
  office.end("a1")
  #expect(office.startAll() == ["b1"])
}

@Test func aJobThatLostItsWorkerGoesOnBeforeOthersBegin() {
  var office = Office()
  office.add("a1", owner: "ann")
  #expect(office.startAll() == ["a1"])
  office.add("b1", owner: "bob")
  office.take("a1", .serverRestarted)
  #expect(office.startAll() == [])
  office.take("a1", .workerVanished(lease: 1, step: nil, .unseen))
  #expect(office.startAll() == ["a1"])
}

@Test func jobsThatLostTheirWorkersGoOnInTheOrderOfTheirAge() {
  for ids in [["a", "b"], ["b", "a"]] {
    var office = Office(limit: 2)
    for id in ids { office.add(id, owner: "owner of \(id)") }
    #expect(office.startAll() == ids)
    for id in ["a", "b"] {
      office.take(id, .serverRestarted)
      office.take(id, .workerVanished(lease: 1, step: nil, .unseen))
    }
    #expect(office.startAll() == ids)
  }
}

@Test func aJobThatWaitsOutACrashHoldsNobodyUp() {
  var office = Office()
  office.add("a1", owner: "ann")
  office.add("b1", owner: "bob")
  #expect(office.startAll() == ["a1"])
  office.take("a1", .workerVanished(lease: 1, step: nil, .killed(signal: 9)))
  #expect(office.queue.nextWake(after: office.now) == 1010)
  #expect(office.startAll() == ["b1"])
  office.end("b1")
  #expect(office.startAll() == [])
  office.now = 1010
  #expect(office.queue.nextWake(after: office.now) == nil)
  #expect(office.startAll() == ["a1"])
}

@Test func theQueueNumberIsTheNumberOfJobsThatStartBefore() {
  var office = Office()
  for id in ["a", "b", "c"] { office.add(id, owner: "ann") }
  #expect(["a", "b", "c"].map { office.queue.queueNumber(of: $0) } == [0, 1, 2])
  #expect(office.queue.queueNumber(of: "unknown") == nil)
  #expect(office.machines["c"]?.state.lastEvents.last?.message == "Fine-tune enqueued. Queue number: 2")
}

@Test func aFullQueueTakesNoMore() {
  var office = Office(capacity: 2)
  office.add("a", owner: "ann")
  #expect(!office.queue.isFull)
  office.add("b", owner: "ann")
  #expect(office.queue.isFull)
  office.end("a")
  #expect(!office.queue.isFull)
}

@Test func aQueueReadAgainAfterARestartKeepsOrderAndTurns() {
  var office = Office()
  for number in 1...3 { office.add("a\(number)", owner: "ann") }
  for number in 1...2 { office.add("b\(number)", owner: "bob") }
  #expect(office.startAll() == ["a1"])
  office.take("a1", .pauseAsked)
  office.take("a1", .workerVanished(lease: 1, step: nil, .exited(code: 0)))
  var again = JobQueue(limit: 1)
  for id in ["a1", "a2", "a3", "b1", "b2"] {
    if let state = office.machines[id]?.state { again.update(state) }
  }
  #expect(again.waiting == office.queue.waiting)
  #expect(again.next(at: office.now) == "b1")
}

@Test func everyJobStartsOnceAndNoOwnerIsKeptWaiting() throws {
  for seed in 0..<50 {
    var random = Seeded(seed)
    var office = Office(limit: Int.random(in: 1...3, using: &random))
    for number in 0..<40 { office.add("j\(number)", owner: "o\(Int.random(in: 0..<4, using: &random))") }
    let foreseen = office.queue.waiting
    let started = office.startAndEndAll()
    try #require(started == foreseen, "seed \(seed)")
    try #require(Set(started).count == 40, "seed \(seed)")
    let owners = Dictionary(grouping: started.indices) { office.machines[started[$0]]?.state.identity.owner ?? "" }
    for (owner, places) in owners {
      for (place, next) in zip(places, places.dropFirst()) {
        try #require(next - place <= owners.count, "seed \(seed), \(owner) waits from \(place) to \(next)")
      }
    }
  }
}
