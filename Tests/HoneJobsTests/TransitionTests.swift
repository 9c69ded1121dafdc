import HoneJobs
import Testing

/// What every event does to every state, written by hand. An event that is not named is ignored.
///
/// A result is the status after it (V Q R P S F C; `=` where nothing is stored), the number of events written, and the
/// actions: c check files, q requeue, w start worker, o reap an orphan, p publish, x clean up, f forget; to the worker:
/// s stop, k kill, l leave, a report again.
private let table = """
  new                 created=V1c
  validating          checked=Q2q bad=F1x restart==1c come==k come?==k cancel=C1x delete=C1x nofile=F1x
  queued              moved=Q2 turn=Qw restart==2q come==k come?==k cancel=C1x pause=P1 delete=C1x nofile=F1x
  starting            moved=Q2 restart=Q2o come=R3 come?==k gone=Qq cancel=C1 pause=P1 delete=C1 nofile=F1
  backingOff          restart==1q come==k come?==k cancel=C1x pause=P1 delete=C1x
  orphaned            restart==1o come==k come?==k gone=Qq cancel=C1 pause=P1 delete=C1
  orphanedStarting    moved=Q2 restart==2o come==k come?==k gone=Qq cancel=C1 pause=P1 delete=C1 nofile=F1
  publishingAlone     published=S3x unpublished=Qq restart==1p come==k come?==k
  publishingOrphaned  published=S3 unpublished=Q restart==1op come==k come?==k gone=Q
  runningUnplanned    restart=Q3o come?==k step=Qk step+==a finish=Qk finish+==a fail=F1l gone=Qq silent=Qk stuck=Q1k \
                      cancel=C1k pause=P1s delete=C1k
  running             restart=Q1o come?==k step=R1 step+==a finish=Rp finish+==a fail=F1l gone=Qq silent=Qk stuck=Q1k \
                      cancel=C1k pause=P1s delete=C1k
  publishing          published=S3l unpublished=Qk restart=Q1op come?==k gone=Q silent==k
  paused              restart==1 come==k come?==k cancel=C1x resume=Q1q delete=C1x nofile=F1x
  pausedStarting      restart=P1o come=Ps come?==k gone=P cancel=C1 resume=Q1 delete=C1 nofile=F1
  pausedStopping      restart=P1o come?==k gone=P silent==k stuck==k cancel=C1k resume=Q1 delete=C1k
  pausedMidway        restart==1 come==k come?==k cancel=C1x resume=Q1q delete=C1x
  resumedStopping     restart=Q1o come?==k gone=Qq silent==k stuck==k cancel=C1k pause=P1 delete=C1k
  succeededWithWorker restart=S3o come?==k gone=Sx silent==k stuck==k delete=S
  succeeded           cleaned=S restart==3x come==k come?==k delete=Sx
  succeededClean      restart==3 come==k come?==k delete=Sx
  failedWithWorker    restart=F1o come?==k gone=Fx silent==k stuck==k delete=F
  failedClean         restart==1 come==k come?==k delete=Fx
  cancelledStarting   restart=C1o come=Ck come?==k gone=Cx delete=C
  cancelledWithWorker restart=C1o come?==k gone=Cx silent==k stuck==k delete=C
  cancelledOrphaned   restart==1o come==k come?==k gone=Cx delete=C
  cancelledClean      restart==1 come==k come?==k delete=Cx
  deletedWithWorker   restart=C1o come?==k gone=Cx silent==k stuck==k
  deleted             emptied=Cf restart==1x come==k come?==k
  deletedClean        restart==1f come==k come?==k
  """

private let letters: [JobStatus: String] = [
  .validatingFiles: "V", .queued: "Q", .running: "R", .paused: "P", .succeeded: "S", .failed: "F", .cancelled: "C",
]

/// The result of one cell in the letters of the table; nil where the event is ignored.
private func code(_ outcome: JobOutcome, _ state: JobState) -> String? {
  guard case .done(let actions) = outcome else { return nil }
  var (stored, events, rest) = ("=", 0, "")
  for action in actions {
    switch action {
    case .store: stored = letters[state.status] ?? "?"
    case .append: events += 1
    case .keep: rest += "K"
    case .checkFiles: rest += "c"
    case .startWorker: rest += "w"
    case .reap: rest += "o"
    case .requeue: rest += "q"
    case .publish: rest += "p"
    case .cleanUp: rest += "x"
    case .forget: rest += "f"
    case .signal(_, .stop): rest += "s"
    case .signal(_, .kill): rest += "k"
    case .signal(_, .leave): rest += "l"
    case .signal(_, .report): rest += "a"
    }
  }
  return stored + (events > 0 ? String(events) : "") + rest
}

/// The rows of the table: situation, then event by event the result.
private func expectedRows() -> [Substring: [Substring: Substring]] {
  var rows: [Substring: [Substring: Substring]] = [:]
  for line in table.split(separator: "\n") {
    let words = line.split(separator: " ")
    var row: [Substring: Substring] = [:]
    for word in words.dropFirst() {
      guard let equals = word.firstIndex(of: "=") else { continue }
      row[word[..<equals]] = word[word.index(after: equals)...]
    }
    rows[words[0]] = row
  }
  return rows
}

@Test func everyEventHasItsDefinedResultInEveryState() {
  let expected = expectedRows()
  #expect(expected.keys.sorted() == Situation.allCases.map { $0.rawValue[...] }.sorted())
  var found = ""
  var wrong: [String] = []
  for situation in Situation.allCases {
    found += situation.rawValue
    for probe in probes {
      var machine = situation.machine()
      let before = machine.state
      let outcome = machine.take(probe.input(before), at: 1000)
      machine.state.checkInvariants()
      let result = code(outcome, machine.state)
      let wanted = expected[situation.rawValue[...]]?[probe.name[...]].map(String.init)
      if let result { found += " \(probe.name)=\(result)" }
      if result != wanted {
        wrong.append("\(situation) \(probe.name): expected \(wanted ?? "ignored"), found \(result ?? "\(outcome)")")
      }
      if outcome.ignored != nil, machine.state != before { wrong.append("\(situation) \(probe.name): changed") }
    }
    found += "\n"
  }
  #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))\n\nthe whole table as found:\n\(found)")
}

@Test func theTableNamesOnlyEventsThatAreTried() {
  let names = Set(probes.map { $0.name[...] })
  #expect(names.count == probes.count)
  for (situation, row) in expectedRows() {
    #expect(Set(row.keys).isSubset(of: names), "\(situation)")
  }
}

@Test(arguments: Situation.allCases) func theStateStoredIsTheStateKept(situation: Situation) {
  for probe in probes {
    var machine = situation.machine()
    let before = machine.state
    let actions = machine.take(probe.input(before), at: 1000).actions
    let stores = actions.enumerated().filter { if case .store = $0.element { true } else { false } }
    #expect(stores.count == (machine.state == before ? 0 : 1), "\(probe.name)")
    if let store = stores.first {
      #expect(store.offset == 0, "\(probe.name)")
      #expect(store.element == .store(machine.state), "\(probe.name)")
    }
  }
}

@Test(arguments: Situation.allCases) func aRestartLeavesNothingRunningAndMayComeTwice(situation: Situation) {
  var machine = situation.machine()
  let before = machine.state
  _ = machine.take(.serverRestarted, at: 2000)
  let once = machine.state
  #expect(once.status != .running)
  #expect(once.eventCount == before.eventCount)
  _ = machine.take(.serverRestarted, at: 3000)
  #expect(machine.state == once)
}

@Test func requestsThatComeTooLateSayWhy() {
  let reasons: [(Situation, JobInput, JobIgnored)] = [
    (.validating, .pauseAsked, .filesBeingChecked), (.publishing, .cancelAsked, .beingPublished),
    (.publishing, .deleteAsked, .beingPublished), (.paused, .pauseAsked, .alreadyPaused),
    (.running, .resumeAsked, .notPaused), (.succeeded, .cancelAsked, .alreadyEnded),
    (.failedClean, .resumeAsked, .alreadyEnded), (.cancelledClean, .pauseAsked, .alreadyEnded),
    (.deleted, .cancelAsked, .alreadyDeleted), (.running, .fileDeleted(.training), .dataIsHeld),
    (.new, .cancelAsked, .notCreated),
  ]
  for (situation, input, reason) in reasons {
    var machine = situation.machine()
    #expect(machine.take(input, at: 1000) == .ignored(reason), "\(situation) \(input)")
  }
  #expect(Set(JobIgnored.allCases.map(\.sentence)).count > 6)
}
