internal import HoneModels

/// One request in a batch: which of its sequences are still to come, and what the finished ones said.
///
/// The first draw from a prompt takes the prompt in; the others wait for that and go on from a copy.
struct CompletionTicket {
  private struct Group {
    enum State {
      case takingIn
      /// The sequence after its prompt, and the row it chooses from.
      case ready(CompletionSequence, PredictedRows)
      /// Nothing holds the prompt's rows any more.
      case lost
    }
    var nextDraw: Int
    var state = State.takingIn
  }

  /// A sequence to admit.
  enum Next {
    /// One that begins with its prompt.
    case fresh(CompletionSequence)
    /// One that goes on from a copy of the prompt's rows, and the row it chooses from.
    case draw(CompletionSequence, PredictedRows)
  }

  let plan: CompletionPlan
  private(set) var running = 0
  private var nextPrompt = 0  // the first that nobody has begun
  private var groups: [Int: Group] = [:]  // prompts that were begun and that more draws are wanted from
  private var finished: [Int: FinishedSequence] = [:]

  init(_ plan: CompletionPlan) { self.plan = plan }

  /// Sequences that have no place in the cache yet.
  var waiting: Int { plan.sequenceCount - running - finished.count }

  /// The prompt whose sequence comes next; nil while all others wait for a prompt to be taken in.
  var nextOpenPrompt: Int? {
    let open = groups.filter { if case .takingIn = $0.value.state { false } else { true } }
    return open.keys.min() ?? (nextPrompt < plan.prompts.count ? nextPrompt : nil)
  }

  /// Begins the next sequence of a prompt that `nextOpenPrompt` gave.
  mutating func begin(prompt: Int) -> Next {
    nextPrompt = max(nextPrompt, prompt + 1)
    running += 1
    let group = groups[prompt] ?? Group(nextDraw: 0)
    let index = prompt * plan.bestOf + group.nextDraw
    var rest = Group(nextDraw: group.nextDraw + 1)
    defer { groups[prompt] = rest.nextDraw < plan.bestOf ? rest : nil }
    guard case .ready(let sequence, let row) = group.state else {
      return .fresh(CompletionSequence(plan, index: index))
    }
    rest.state = group.state
    return .draw(sequence.drawn(plan, index: index), row)
  }

  /// Whether more draws are wanted from a prompt that was begun.
  func wantsMore(prompt: Int) -> Bool { groups[prompt] != nil }

  /// Keeps a sequence whose prompt has just been taken in for the draws to come.
  mutating func prepare(prompt: Int, _ sequence: CompletionSequence, _ row: PredictedRows) {
    groups[prompt]?.state = .ready(sequence, row)
  }

  /// Notes that nothing holds the prompt's rows any more: its next draw takes them in again.
  mutating func lose(prompt: Int) { groups[prompt]?.state = .lost }

  mutating func finish(_ sequence: CompletionSequence, _ reason: CompletionChoice.FinishReason) {
    running -= 1
    finished[sequence.index] = FinishedSequence(sequence, reason)
  }

  var isDone: Bool { finished.count == plan.sequenceCount }

  /// The best `n` of each prompt's sequences, by mean log-probability when more were drawn.
  func result() -> CompletionResult {
    var choices: [CompletionChoice] = []
    for prompt in plan.prompts.indices {
      var sequences = (0..<plan.bestOf).compactMap { finished[prompt * plan.bestOf + $0] }
      if !plan.tellsPieces { sequences.sort { $0.meanLogprob > $1.meanLogprob } }
      for (place, sequence) in sequences.prefix(plan.request.count).enumerated() {
        var choice = sequence.choice
        choice.index = prompt * plan.request.count + place
        choices.append(choice)
      }
    }
    return CompletionResult(
      choices: choices, promptTokens: plan.promptTokens,
      completionTokens: finished.values.reduce(0) { $0 + $1.choice.tokens.count }, warnings: plan.warnings)
  }
}

/// What remains of a sequence when its place is free again.
private struct FinishedSequence {
  let choice: CompletionChoice
  let meanLogprob: Double

  init(_ sequence: CompletionSequence, _ reason: CompletionChoice.FinishReason) {
    choice = sequence.choice(reason)
    meanLogprob = sequence.logprobSum / Double(max(1, sequence.produced.count))
  }
}
