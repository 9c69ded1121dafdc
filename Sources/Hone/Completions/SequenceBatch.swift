internal import HoneModels

/// All requests that one model answers together: every step extends each running sequence by a token, and takes in a
/// piece of the prompts that wait.
///
/// Who is in a step never changes an answer: a row of logits depends on its own sequence alone.
package struct SequenceBatch {
  /// What the batch may grow to.
  package struct Limits: Sendable {
    /// Sequences that run at once.
    package var sequences = 64
    /// Bytes of keys and values; at least one sequence always fits.
    package var cacheBytes = 512 << 20
    /// Prompt tokens that a step takes in while nothing else runs.
    package var promptRows = 2048
    /// The same while sequences wait for their next token.
    package var mixedPromptRows = 256
    /// Of these, rows whose log-probabilities are asked for.
    package var scoredRows = 256

    package init() {}
  }

  /// What a step tells about one request.
  package enum News: Sendable {
    case event(CompletionEvent)
    case done(CompletionResult)
  }

  private struct Running {
    let request: Int
    let prompt: Int
    let slot: Int
    var sequence: CompletionSequence
  }

  private let model: GPT2Model
  private let limits: Limits
  private var cache: GPT2Cache
  private var rows: PredictedRows
  private var tickets: [Int: CompletionTicket] = [:]
  private var arrivals: [Int] = []  // requests in order of arrival
  private var running: [Running] = []  // in order of admission
  private var nextRequest = 0
  /// Steps taken so far.
  package private(set) var steps = 0

  package init(_ model: CompletionModel, _ limits: Limits = Limits()) {
    let model = model.model
    self.model = model
    self.limits = limits
    let most = limits.cacheBytes / GPT2Cache.bytesPerRow(model.config)
    cache = GPT2Cache(config: model.config, rows: max(most, model.config.contextLength))
    rows = PredictedRows(vocab: model.config.vocabSize)
  }

  package var isIdle: Bool { tickets.isEmpty }
  /// Sequences that wait for a place.
  package var waitingCount: Int { tickets.values.reduce(0) { $0 + $1.waiting } }
  package var runningCount: Int { running.count }

  /// Takes a request in; its number stands in the news about it.
  package mutating func add(_ plan: CompletionPlan) -> Int {
    defer { nextRequest += 1 }
    tickets[nextRequest] = CompletionTicket(plan)
    arrivals.append(nextRequest)
    return nextRequest
  }

  /// Drops a request and frees what it holds.
  package mutating func remove(_ request: Int) {
    for place in running where place.request == request { cache.close(slot: place.slot) }
    running.removeAll { $0.request == request }
    close(request)
  }

  /// Gives memory back where it is much. Only while idle.
  package mutating func rest() {
    precondition(isIdle, "a batch at work cannot rest")
    guard cache.bytes > 64 << 20 else { return }
    cache.giveBackMemory()
    rows = PredictedRows(vocab: model.config.vocabSize)
  }

  private mutating func close(_ request: Int) {
    tickets[request] = nil
    arrivals.removeAll { $0 == request }
  }

  /// Admits what fits, takes one step with all, and tells what came of it, in order.
  package mutating func step() -> [(request: Int, news: News)] {
    admit()
    guard !running.isEmpty else { return [] }
    steps += 1
    let shares = promptShares()
    var members: [Int] = []
    var segments: [GPT2Segment] = []
    for index in running.indices where shares[index] > 0 || running[index].sequence.promptIsDone {
      let sequence = running[index].sequence
      guard sequence.finishReason == nil, let plan = tickets[running[index].request]?.plan else { continue }
      members.append(index)
      segments.append(sequence.segment(plan, slot: running[index].slot, most: shares[index]))
    }
    let scored = members.contains { tickets[running[$0].request]?.plan.needsScores == true }
    rows.fill(model, &cache, segments, scored: scored)
    var row = 0
    for (index, segment) in zip(members, segments) { take(segment, index, &row) }
    return tell()
  }

  /// Gives a sequence its rows of the step.
  private mutating func take(_ segment: GPT2Segment, _ index: Int, _ row: inout Int) {
    let place = running[index]
    guard let plan = tickets[place.request]?.plan else { return }
    let count = segment.logits == .all ? segment.tokens.count : segment.logits == .last ? 1 : 0
    let last = row + count - 1
    defer { row += count }
    if !running[index].sequence.promptIsDone {
      running[index].sequence.takePrompt(segment.tokens.count, rows, firstRow: row, plan)
      guard running[index].sequence.promptIsDone else { return }
      if tickets[place.request]?.wantsMore(prompt: place.prompt) == true {
        let alone = count > 0 ? rows.alone(row: last, scored: plan.needsScores) : PredictedRows(vocab: rows.vocab)
        tickets[place.request]?.prepare(prompt: place.prompt, running[index].sequence, alone)
      }
    }
    running[index].sequence.choose(&rows, row: last, plan)
  }

  /// How many tokens of its prompt each running sequence may take in.
  ///
  /// Half goes to the one admitted first, the rest to the shortest, so that neither the long nor the short wait long.
  private func promptShares() -> [Int] {
    var shares = [Int](repeating: 0, count: running.count)
    let filling = running.indices.filter { !running[$0].sequence.promptIsDone }
    guard let oldest = filling.first else { return shares }
    var left = filling.count == running.count ? limits.promptRows : limits.mixedPromptRows
    var scoredLeft = min(left, limits.scoredRows)
    func give(_ index: Int, _ most: Int) {
      let isScored = tickets[running[index].request]?.plan.scoresPrompt == true
      let more = min(running[index].sequence.waitingRows - shares[index], most, left, isScored ? scoredLeft : left)
      shares[index] += more
      left -= more
      if isScored { scoredLeft -= more }
    }
    give(oldest, (left + 1) / 2)
    for index in filling.sorted(by: { running[$0].sequence.waitingRows < running[$1].sequence.waitingRows }) {
      give(index, left)
    }
    return shares
  }

  /// Collects the news, and lets the finished ones go.
  private mutating func tell() -> [(request: Int, news: News)] {
    var news: [(request: Int, news: News)] = []
    for index in running.indices {
      let request = running[index].request
      guard let plan = tickets[request]?.plan else { continue }
      news += running[index].sequence.news(plan).map { (request, .event($0)) }
      guard let reason = running[index].sequence.finishReason else { continue }
      tickets[request]?.finish(running[index].sequence, reason)
    }
    let left = running.filter { $0.sequence.finishReason != nil }
    running.removeAll { $0.sequence.finishReason != nil }
    for place in left { leave(place) }
    for request in Set(left.map(\.request)).sorted() {
      guard let ticket = tickets[request], ticket.isDone else { continue }
      let result = ticket.result()
      news.append((request, .event(.ended(completionTokens: result.completionTokens))))
      news.append((request, .done(result)))
      close(request)
    }
    return news
  }
}

// MARK: - Who runs

extension SequenceBatch {
  /// Fills free places: the request that runs the fewest sequences comes first, the earlier one among equals.
  private mutating func admit() {
    while running.count < limits.sequences, let (request, prompt) = nextAdmission() {
      guard let ticket = tickets[request], let slot = cache.open(rows: ticket.plan.rows(prompt: prompt)) else { return }
      start(request, prompt, slot)
    }
  }

  private func nextAdmission() -> (request: Int, prompt: Int)? {
    var best: (request: Int, prompt: Int, running: Int)?
    for request in arrivals {
      guard let ticket = tickets[request], ticket.running < best?.running ?? Int.max else { continue }
      if let prompt = ticket.nextOpenPrompt { best = (request, prompt, ticket.running) }
      if best?.running == 0 { break }
    }
    return best.map { ($0.request, $0.prompt) }
  }

  private mutating func start(_ request: Int, _ prompt: Int, _ slot: Int) {
    switch tickets[request]?.begin(prompt: prompt) {
    case .fresh(let sequence):
      running.append(Running(request: request, prompt: prompt, slot: slot, sequence: sequence))
    case .draw(let sequence, let row):
      let holder = running.first { $0.request == request && $0.prompt == prompt && $0.sequence.promptIsDone }
      guard let holder else { preconditionFailure("a ready prompt whose rows nobody holds") }
      cache.copy(slot: holder.slot, to: slot, length: sequence.prompt.count)
      go(on: sequence, row, request, prompt, slot)
    case nil: cache.close(slot: slot)
    }
  }

  /// Starts a draw whose prompt the cache holds at `slot`: it chooses its first token at once.
  private mutating func go(
    on sequence: CompletionSequence, _ row: PredictedRows, _ request: Int, _ prompt: Int, _ slot: Int
  ) {
    guard let plan = tickets[request]?.plan else { return }
    var (sequence, row) = (sequence, row)
    sequence.choose(&row, row: 0, plan)
    running.append(Running(request: request, prompt: prompt, slot: slot, sequence: sequence))
  }

  /// Frees a finished sequence's place. The last of a prompt that more draws are wanted from hands its place on, unless
  /// another request waits for one.
  private mutating func leave(_ place: Running) {
    let isHeld = running.contains {
      $0.request == place.request && $0.prompt == place.prompt && $0.sequence.promptIsDone
    }
    guard let ticket = tickets[place.request], ticket.wantsMore(prompt: place.prompt), !isHeld else {
      return cache.close(slot: place.slot)
    }
    let othersWait = tickets.contains { $0.key != place.request && $0.value.waiting > 0 }
    guard !othersWait, case .draw(let sequence, let row) = tickets[place.request]?.begin(prompt: place.prompt) else {
      tickets[place.request]?.lose(prompt: place.prompt)
      return cache.close(slot: place.slot)
    }
    cache.truncate(slot: place.slot, to: sequence.prompt.count)
    go(on: sequence, row, place.request, place.prompt, place.slot)
  }
}
