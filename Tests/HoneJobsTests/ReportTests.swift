import Foundation
import HoneJobs
import Testing

/// A running job whose plan has so many steps, with no step reported.
private func planned(steps: Int, epochs: Int = 1) -> JobMachine {
  var machine = Situation.runningUnplanned.machine()
  _ = machine.take(.reported(lease: 1, number: 1, .planned(JobPlan(totalSteps: steps, epochs: epochs))), at: 1000)
  return machine
}

extension JobMachine {
  fileprivate mutating func tell(_ report: JobReport) -> [JobAction] {
    take(.reported(lease: state.lease, number: state.reports + 1, report), at: 1000).actions
  }
}

private func step(_ step: Int, loss: Double? = nil) -> StepMetrics {
  StepMetrics(step: step, trainedTokens: step, trainLoss: loss)
}

@Test func aLongRunShowsABoundedNumberOfSteps() {
  for total in [1, 2, 999, 1000, 1001, 1999, 2000, 2001, 123_457] {
    let plan = JobPlan(totalSteps: total, epochs: 1)
    let shown = (1...total).filter { plan.shows(step: $0) }
    #expect(shown.last == total, "\(total)")
    #expect(shown.count <= 1001, "\(total)")
    #expect(shown.count == total || shown.count > 500, "\(total)")
    if total <= 1000 { #expect(shown.count == total) }
  }
}

@Test func stepsThatAreNotShownStillCount() {
  var machine = planned(steps: 3000)
  let events = (1...9).map { machine.tell(.step(step($0))).count { if case .append = $0 { true } else { false } } }
  #expect(events == [0, 0, 1, 0, 0, 1, 0, 0, 1])
  #expect(machine.state.step == 9)
}

@Test func reportsThatWereLostAreAskedForAgain() {
  var machine = planned(steps: 10)
  let worker = Worker(pid: 4321, lease: 1)
  #expect(
    machine.take(.reported(lease: 1, number: 5, .step(step(4))), at: 1000) == .done([.signal(worker, .report(from: 2))])
  )
  #expect(machine.take(.workerFinished(lease: 1, reports: 11), at: 1000) == .done([.signal(worker, .report(from: 2))]))
  #expect(machine.state.status == .running)
}

@Test(arguments: [
  [JobReport.step(step(2))], [.step(step(1)), .step(step(1))], [.step(step(0))], [.epoch(1)],
  [.step(step(1)), .epoch(2)], [.step(step(1)), .epoch(1), .epoch(2)],
  [.planned(JobPlan(totalSteps: 5, epochs: 1))], [.checkpoint(step(1))],
  [.step(step(1)), .checkpoint(step(1)), .checkpoint(step(1))],
  [.step(StepMetrics(step: 1, trainedTokens: 9)), .step(StepMetrics(step: 2, trainedTokens: 8))],
  [.step(StepMetrics(step: 1, trainedTokens: .max))], [.step(step(.max))],
])
func reportsThatContradictOneAnotherEndTheWorker(reports: [JobReport]) {
  var machine = planned(steps: 10, epochs: 2)
  var actions: [JobAction] = []
  for report in reports { actions = machine.tell(report) }
  machine.state.checkInvariants()
  #expect(actions.last == .signal(Worker(pid: 4321, lease: 1), .kill))
  #expect(machine.state.status == .queued)
  #expect(machine.state.crashes.atThisStep == 1)
}

@Test(arguments: [(0, 1), (1, 0), (1, 2), (-1, -1), (Int.max, 1), (Int.min, Int.max)])
func aPlanThatCannotBeEndsTheWorker(steps: Int, epochs: Int) {
  let machine = planned(steps: steps, epochs: epochs)
  #expect(machine.state.plan == nil)
  #expect(machine.state.status == .queued)
}

@Test func lossesThatAreNoNumbersDoNotReachTheList() throws {
  var machine = planned(steps: 10)
  _ = machine.tell(.step(step(1, loss: .nan)))
  _ = machine.tell(.step(step(2, loss: .infinity)))
  #expect(machine.state.lastEvents.last?.message == "Step 2/10")
  #expect(throws: Never.self) { try JSONEncoder().encode(machine.state) }
}

@Test(arguments: [
  (3.0, "3.00"), (0.125, "0.13"), (0.004, "0.00"), (-0.004, "0.00"), (-1.5, "-1.50"), (9.999, "10.00"),
  (12.34, "12.34"),
  (1e18, "1e+18"),
])
func aLossIsToldWithTwoPlaces(loss: Double, text: String) {
  var machine = planned(steps: 10)
  _ = machine.tell(.step(step(1, loss: loss)))
  #expect(machine.state.lastEvents.last?.message == "Step 1/10: training loss=\(text)")
}

@Test func theQueueIsToldPlaceByPlaceHoweverOftenAnybodyLooks() {
  var lists: Set<[String]> = []
  for moves in [[], [3, 2, 1, 0], [4, 9, 2], [0], [-3], [1, 1, 1, 3, 0]] {
    var machine = JobMachine(someJob)
    var messages: [String] = []
    let waiting = [JobInput.created, .filesChecked(ahead: 4)] + moves.map { .queueMoved(ahead: $0) }
    for input in waiting + [.turnCame, .workerStarted(pid: 4321, lease: 1)] {
      for case .append(let event) in machine.take(input, at: 1000).actions { messages.append(event.message) }
    }
    lists.insert(messages)
  }
  #expect(lists.count == 1, "\(lists)")
  #expect(
    lists.first?.dropFirst(2) == [
      "Fine-tune enqueued. Queue number: 4", "Fine-tune is in the queue. Queue number: 3",
      "Fine-tune is in the queue. Queue number: 2", "Fine-tune is in the queue. Queue number: 1",
      "Fine-tune is in the queue. Queue number: 0", "Fine-tune started",
    ])
}

@Test func eventsCarryIdsThatSortAndTimesThatNeverGoBack() {
  var machine = JobMachine(someJob)
  var events: [JobEvent] = []
  let path: [(JobInput, Int)] = [
    (.created, 500), (.filesChecked(ahead: 0), 400), (.pauseAsked, 600), (.resumeAsked, -9),
  ]
  for (input, time) in path {
    for case .append(let event) in machine.take(input, at: time).actions { events.append(event) }
  }
  #expect(events.map(\.createdAt) == [500, 500, 500, 600, 600])
  #expect(events.map(\.id) == (1...5).map { "ftevent-abc-00000\($0)" })
  #expect(events.map(\.type) == Array(repeating: "message", count: 5))
}
