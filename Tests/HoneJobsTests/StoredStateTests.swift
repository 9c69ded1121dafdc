import Foundation
import HoneJobs
import HoneTestSupport
import Testing

/// A state as it lies in the store, with one field of its JSON replaced.
private func damaged(_ situation: Situation, _ field: String, _ value: Any) throws -> JobState {
  let bytes = try JSONEncoder().encode(situation.machine().state)
  var object = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
  object[field] = value
  return try JSONDecoder().decode(JobState.self, from: JSONSerialization.data(withJSONObject: object))
}

@Test(arguments: [
  (Situation.queued, "status", "running"), (.running, "status", "succeeded"),
  (.succeeded, "status", "failed"), (.publishing, "status", "paused"), (.validating, "status", "paused"),
])
func aStatusThatContradictsTheRestIsFound(situation: Situation, field: String, value: String) throws {
  let state = try damaged(situation, field, value)
  let found = try #require(state.violation)
  #expect(throws: JobStateError.damaged(job: "ft-abc", found: found)) { try JobMachine(restoring: state) }
}

@Test(arguments: [
  ("eventCount", 3), ("eventCount", -1), ("lease", 2), ("lease", Int.max), ("reports", 1), ("notBefore", Int.min),
  ("epoch", 4), ("updatedAt", Int.max), ("untoldPlaces", 1_000_000),
])
func aNumberThatContradictsTheRestIsFound(field: String, value: Int) throws {
  let state = try damaged(.running, field, value)
  #expect(state.violation != nil)
}

@Test(arguments: [-1, 0, 1]) func aWorkerThatIsNoProcessOfOursIsNeverSignalled(pid: Int) throws {
  let state = try damaged(.running, "worker", ["alive": ["_0": ["pid": pid, "lease": 1]]])
  #expect(state.violation == "process \(pid)")
  var machine = Situation.starting.machine()
  let actions = machine.take(.workerStarted(pid: Int32(pid), lease: 1), at: 1000).actions
  #expect(!actions.contains { if case .signal = $0 { true } else { false } })
  #expect(machine.state.status == .queued)
  #expect(machine.state.worker == .none)
}

@Test func aCountWithNoRoomToCountOnIsRefused() throws {
  let state = try damaged(.backingOff, "lease", 1 << 48)
  #expect(state.violation == nil)
  #expect(throws: JobStateError.damaged(job: "ft-abc", found: "the number \(1 << 48)")) {
    try JobMachine(restoring: state)
  }
}

@Test func aRecordOfALaterReleaseIsRefused() throws {
  let state = try damaged(.queued, "formatVersion", 2)
  #expect(throws: JobStateError.newerFormat(job: "ft-abc", found: 2, known: 1)) {
    try JobMachine(restoring: state)
  }
}

@Test func damagedRecordsAreRefusedOrTakeEveryEventWithoutATrap() throws {
  let numbers: [Any] = [0, 1, 2, -1, 7, Int.max, Int.min, 1 << 48]
  var refused = 0
  var taken = 0
  for seed in 0..<(runsEverything ? 40_000 : 1_500) {
    var random = Seeded(seed)
    let situation = try #require(Situation.allCases.randomElement(using: &random))
    let bytes = try JSONEncoder().encode(situation.machine().state)
    let object = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    let mutated = mutate(object, numbers, &random)
    guard
      let data = try? JSONSerialization.data(withJSONObject: mutated),
      let state = try? JSONDecoder().decode(JobState.self, from: data),
      var machine = try? JobMachine(restoring: state)
    else {
      refused += 1
      continue
    }
    taken += 1
    for probe in probes {
      _ = machine.take(probe.input(machine.state), at: Int.random(in: Int.min...Int.max, using: &random))
      try #require(machine.state.violation == nil, "seed \(seed), \(situation), \(probe.name), \(state)")
    }
  }
  #expect(refused > 100 && taken > 100, "\(refused) refused, \(taken) taken")
}

/// The object with one number, flag or part, somewhere inside, replaced or left out.
private func mutate(_ object: [String: Any], _ numbers: [Any], _ random: inout Seeded) -> [String: Any] {
  var object = object
  guard let key = object.keys.sorted().randomElement(using: &random) else { return object }
  if let inner = object[key] as? [String: Any], random.chance(3, of: 4) {
    object[key] = mutate(inner, numbers, &random)
  } else if random.chance(1, of: 8) {
    object[key] = nil
  } else if object[key] is NSNumber {
    object[key] = numbers.randomElement(using: &random)
  } else if object[key] is String {
    object[key] = ["running", "queued", "paused", "succeeded", "everything", ""].randomElement(using: &random)
  }
  return object
}
