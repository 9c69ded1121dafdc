/// What the worker tells: each report is heard once and in order, or asked for again.
extension JobChange {
  mutating func hear(_ report: JobReport, number: Int, lease: Int) -> JobIgnored? {
    if let reason = deafness(to: lease) { return reason }
    guard number > state.reports else { return .repeated }
    guard number == state.reports + 1 else { return askAgain() }
    if let found = contradiction(in: report) {
      crash(.contradicted(found: found), step: state.step)
      return nil
    }
    state.reports = number
    enter(report)
    return nil
  }

  /// Some reports did not arrive: the worker makes them again.
  mutating func askAgain() -> JobIgnored? {
    signal(.report(from: state.reports + 1))
    return nil
  }

  private mutating func enter(_ report: JobReport) {
    switch report {
    case .planned(let plan): state.plan = plan
    case .warning(let text): say(.warning(text))
    case .step(let metrics):
      state.metrics = metrics
      if let plan = state.plan, plan.shows(step: metrics.step) { say(.step(metrics, total: plan.totalSteps)) }
    case .epoch(let epoch):
      state.epoch = epoch
      if let plan = state.plan { say(.epoch(epoch, of: plan.epochs)) }
    case .checkpoint(let metrics): keep(metrics)
    }
  }

  /// What in a report cannot follow on those before.
  private func contradiction(in report: JobReport) -> String? {
    if case .warning = report { return nil }
    guard let plan = state.plan else { return contradiction(beforePlan: report) }
    switch report {
    case .warning: return nil
    case .planned: return "a second plan"
    case .step(let metrics):
      if metrics.step != state.step + 1 || metrics.step > plan.totalSteps {
        return "step \(metrics.step) after step \(state.step) of \(plan.totalSteps)"
      }
      let tokens = state.trainedTokens...JobState.largestCount
      return tokens.contains(metrics.trainedTokens)
        ? nil : "\(metrics.trainedTokens) tokens after \(state.trainedTokens)"
    case .epoch(let epoch):
      let follows = epoch == state.epoch + 1 && epoch <= plan.epochs && epoch <= state.step
      return follows ? nil : "epoch \(epoch) of \(plan.epochs) after epoch \(state.epoch) and step \(state.step)"
    case .checkpoint(let metrics):
      let last = state.lastCheckpoint?.step ?? 0
      return metrics.step == state.step && metrics.step > last
        ? nil : "a checkpoint of step \(metrics.step) after that of step \(last), at step \(state.step)"
    }
  }

  private func contradiction(beforePlan report: JobReport) -> String? {
    guard case .planned(let plan) = report else { return "a step before the plan" }
    return plan.isPossible ? nil : "a plan of \(plan.totalSteps) steps and \(plan.epochs) epochs"
  }

  /// Training is done: the model is put in place before anybody is told.
  mutating func publish(lease: Int, reports: Int) -> JobIgnored? {
    if let reason = deafness(to: lease) { return reason }
    guard reports <= state.reports else { return askAgain() }
    guard reports == state.reports, state.step > 0 else {
      crash(.contradicted(found: "an end after report \(reports) of \(state.reports)"), step: state.step)
      return nil
    }
    state.isPublishing = true
    actPublish()
    return nil
  }

  mutating func actPublish() {
    act(.publish(model: state.identity.model, resultFile: state.identity.resultFile))
  }

  /// The model answers: now it may be announced.
  mutating func succeed() -> JobIgnored? {
    guard state.isPublishing else { return .notPublishing }
    say(.uploadedModel(state.identity.model))
    say(.uploadedResults(file: state.identity.resultFile))
    end(.succeeded, .succeeded, worker: .leave)
    return nil
  }

  mutating func failToPublish(_ reason: String) -> JobIgnored? {
    guard state.isPublishing else { return .notPublishing }
    crash(.notPublished(reason: reason), step: state.step)
    return nil
  }
}
