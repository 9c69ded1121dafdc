extension JobState {
  /// Stops a test where the state contradicts itself.
  package func checkInvariants() {
    let found = violation
    precondition(found == nil, "job \(identity.id): \(found ?? "") in \(self)")
  }

  /// The first thing in the state that no machine would leave, or nil where it is sound.
  package var violation: String? {
    rangeViolation ?? statusViolation ?? workerViolation ?? runViolation ?? eventViolation
  }

  /// The violation of a state that comes from a store: its counts also leave room for a machine to count on.
  var storedViolation: String? {
    let counts = [eventCount, lease, reports, crashes.atThisStep, crashes.withoutGain]
    return counts.first { $0 > Self.largestCount / 2 }.map { "the number \($0)" } ?? violation
  }

  /// Sums of two of these cannot overflow.
  private var rangeViolation: String? {
    let numbers = [
      eventCount, updatedAt, createdAt, finishedAt ?? 0, untoldPlaces, lastStartAt ?? 0, notBefore, lease, reports,
      epoch, step, trainedTokens, crashes.atThisStep, crashes.withoutGain, crashes.furthest,
      plan?.totalSteps ?? 0, plan?.epochs ?? 0, lastCheckpoint?.step ?? 0,
    ]
    if let number = numbers.first(where: { !(0...Self.largestCount).contains($0) }) { return "the number \(number)" }
    return untoldPlaces > JobQueue.largestCapacity ? "\(untoldPlaces) places in the queue" : nil
  }

  private var statusViolation: String? {
    if !isCreated, status != .validatingFiles || worker != .none || lease > 0 { return "life before creation" }
    if status == .validatingFiles, worker != .none || lease > 0 || eventCount > 1 { return "work before the check" }
    let needsCheck: [JobStatus] = [.queued, .running, .paused, .succeeded]
    if eventCount < 3, needsCheck.contains(status) { return "\(status) before the check" }
    if status.hasEnded != (finishedAt != nil) { return "\(status) and an end at \(finishedAt ?? 0)" }
    if (status == .failed) != (failure != nil) { return "\(status) and a failure '\(failure?.code ?? "")'" }
    if isDeleted, !status.hasEnded { return "a deleted job that is \(status)" }
    if cleanUp != nil, !status.hasEnded { return "a clean-up of a job that is \(status)" }
    if cleanUp == .everything, !isDeleted { return "the removal of a job that is not deleted" }
    if isPublishing, status != .running && status != .queued { return "publishing while \(status)" }
    if isPublishing || status == .succeeded, step == 0 { return "a model without a step" }
    return nil
  }

  private var workerViolation: String? {
    if status == .running, worker.alive == nil { return "running without a worker" }
    if status == .running, !hasStarted { return "running without a start" }
    if let held = worker.lease, held != lease { return "a worker of lease \(held) beside lease \(lease)" }
    if let pid = worker.pid, pid <= 1 { return "process \(pid)" }
    if hasStarted, lease == 0 { return "a start without a lease" }
    if (lease > 0) != (lastStartAt != nil) { return "\(lease) leases and no time of the last" }
    return nil
  }

  private var runViolation: String? {
    if plan != nil, !hasStarted { return "a plan before the start" }
    if let plan, !plan.isPossible || step > plan.totalSteps || epoch > min(plan.epochs, step) {
      return "step \(step), epoch \(epoch) of \(plan)"
    }
    if plan == nil, metrics != nil || epoch > 0 { return "steps without a plan" }
    if reports < step + epoch + (plan == nil ? 0 : 1) { return "\(reports) reports for step \(step)" }
    if let checkpoint = lastCheckpoint, checkpoint.step > step { return "a checkpoint of a step to come" }
    if crashes.furthest > step { return "a crash at a step to come" }
    return nil
  }

  private var eventViolation: String? {
    guard isCreated else { return lastEvents.isEmpty ? nil : "events before creation" }
    let first = eventCount - lastEvents.count + 1
    if first < 1 || lastEvents.isEmpty { return "\(lastEvents.count) of \(eventCount) events" }
    for (event, number) in zip(lastEvents, first...) where event.number != number || event.job != identity.id {
      return "event \(event.number) in the place of \(number)"
    }
    for (event, next) in zip(lastEvents, lastEvents.dropFirst()) where event.createdAt > next.createdAt {
      return "an event before the one before it"
    }
    return endViolation
  }

  /// The list of an ended job ends with the word for it, and no other list does.
  private var endViolation: String? {
    guard let last = lastEvents.last else { return nil }
    let ends = [
      JobStatus.succeeded: JobMessage.succeeded.text, .cancelled: JobMessage.cancelled.text,
      .failed: failure.map { JobMessage.failed($0).text },
    ]
    let expected = ends[status] ?? nil
    if let expected, last.message != expected { return "\(status) after '\(last.message)'" }
    if last.createdAt > updatedAt { return "an event of the future" }
    return nil
  }
}
