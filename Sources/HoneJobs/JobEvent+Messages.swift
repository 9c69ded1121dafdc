/// What an event says. Scripts of both generations compare some of these sentences, word by word.
enum JobMessage {
  case created(id: String)
  case costs
  case enqueued(ahead: Int)
  case inQueue(ahead: Int)
  case started
  case warning(String)
  case step(StepMetrics, total: Int)
  case epoch(Int, of: Int)
  case stuck(seconds: Int, step: Int?)
  case paused
  case resumed
  case uploadedModel(String)
  case uploadedResults(file: String)
  case succeeded
  case failed(JobFailure)
  case cancelled

  var text: String {
    switch self {
    case .created(let id): "Created fine-tune: \(id)"
    case .costs: "Fine-tune costs $0.00"
    case .enqueued(let ahead): "Fine-tune enqueued. Queue number: \(ahead)"
    case .inQueue(let ahead): "Fine-tune is in the queue. Queue number: \(ahead)"
    case .started: "Fine-tune started"
    case .warning(let text): text
    case .step(let metrics, let total): stepText(metrics, total)
    case .epoch(let epoch, let total): "Completed epoch \(epoch)/\(total)"
    case .stuck(let seconds, let step):
      "Training got nowhere for \(seconds) s \(place(step)); its process is ended, and starts again from the last checkpoint"
    case .paused: "Fine-tune paused"
    case .resumed: "Fine-tune resumed"
    case .uploadedModel(let name): "Uploaded model: \(name)"
    case .uploadedResults(let file): "Uploaded result file: \(file)"
    case .succeeded: "Fine-tune succeeded"
    case .failed(let failure): "Fine-tune failed. \(failure.message)"
    case .cancelled: "Fine-tune cancelled"
    }
  }

  var level: JobEvent.Level {
    switch self {
    case .warning, .stuck: .warn
    case .failed: .error
    default: .info
    }
  }

  var metrics: StepMetrics? {
    if case .step(let metrics, _) = self { return metrics }
    return nil
  }

  var totalSteps: Int? {
    if case .step(_, let total) = self { return total }
    return nil
  }

  private func stepText(_ metrics: StepMetrics, _ total: Int) -> String {
    let step = "Step \(metrics.step)/\(total)"
    return metrics.trainLoss.map { "\(step): training loss=\(twoPlaces($0))" } ?? step
  }
}

/// A number with two digits behind the point.
private func twoPlaces(_ value: Double) -> String {
  guard abs(value) < 1e12 else { return String(value) }
  let hundredths = Int((abs(value) * 100).rounded())
  let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
  return "\(value < 0 && hundredths > 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
}
