internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers

/// One request being answered: sequences take turns in the slots of one cache, and every step extends all of them.
struct CompletionRun {
  private let model: GPT2Model
  private let tokenizer: Tokenizer
  private let request: CompletionRequest
  private let prompts: [[Int32]]
  private let bestOf: Int
  private var waiting: [Int]  // sequences that have no slot yet, last first
  private var active: [ActiveSequence] = []
  private var finished: [Int: FinishedSequence] = [:]
  private var freeSlots: [Int]
  private var cache: GPT2Cache
  private let vocab: Int
  private var logits: [Float] = []
  private var room = SamplingRoom()

  /// Tokens that one step may take in from prompts, so that activations stay bounded.
  private static let rowsPerStep = 2048
  /// Rows of a prompt whose logits are computed together when they are asked for.
  private static let scoredRowsPerStep = 256
  private static let cacheBytes = 512 << 20

  init(model: GPT2Model, tokenizer: Tokenizer, request: CompletionRequest, prompts: [[Int32]]) {
    self.model = model
    self.tokenizer = tokenizer
    self.request = request
    self.prompts = prompts
    bestOf = request.bestOf ?? request.count
    vocab = model.config.vocabSize
    let sequences = prompts.count * bestOf
    let longest = prompts.map(\.count).max() ?? 1
    let slotRows = max(1, min(longest + request.maxTokens, model.config.contextLength))
    let slotBytes = slotRows * GPT2Cache.bytesPerRow(model.config)
    let slots = max(1, min(sequences, 32, Self.cacheBytes / max(1, slotBytes)))
    cache = GPT2Cache(config: model.config, slots: slots, slotRows: slotRows)
    freeSlots = Array((0..<slots).reversed())
    waiting = Array((0..<sequences).reversed())
  }

  /// Runs to the end. `onEvent` may throw to stop; it sees text as soon as it is certain.
  mutating func run(onEvent: (CompletionEvent) throws -> Void) throws -> CompletionResult {
    while !waiting.isEmpty || !active.isEmpty {
      try Task.checkCancellation()
      admit()
      try step(onEvent)
    }
    return result()
  }

  private mutating func admit() {
    var rows = active.count
    while let sequence = waiting.last, let slot = freeSlots.last {
      let prompt = prompts[sequence / bestOf]
      guard rows == 0 || rows + prompt.count <= Self.rowsPerStep else { break }
      rows += prompt.count
      waiting.removeLast()
      freeSlots.removeLast()
      let seed = (request.seed ?? 0) &+ UInt64(sequence) &* 0x9E37_79B9_7F4A_7C15
      var next = ActiveSequence(
        index: sequence, slot: slot, prompt: prompt,
        promptCharacters: request.echo ? 0 : tokenizer.decode(prompt).unicodeScalars.count,
        sampler: Sampler(request.options, seed: seed),
        assembler: TextAssembler(stops: request.stop))
      if request.echo { next.echo(tokenizer, scored: request.logprobs != nil) }
      cache.truncate(slot: slot)
      active.append(next)
    }
  }

  /// Extends every active sequence by its waiting tokens, then lets each choose its next one.
  private mutating func step(_ onEvent: (CompletionEvent) throws -> Void) throws {
    let scoresPrompt = request.echo && request.logprobs != nil
    var segments: [GPT2Segment] = []
    for index in active.indices {
      segments.append(active[index].nextSegment(scored: scoresPrompt, Self.scoredRowsPerStep))
    }
    let wanted = model.extend(&cache, segments, logits: &logits)
    var sums = [Float](repeating: 0, count: wanted)
    logSumExpRows(&sums, logits, rows: wanted, vocab: vocab)
    var row = 0
    for index in active.indices {
      let count = segments[index].tokens.count
      if scoresPrompt, !active[index].promptIsDone {
        scorePrompt(index, sums, firstRow: row, rows: count)
        row += count
      } else {
        row += 1
      }
      active[index].consumed += count
      if active[index].promptIsDone { choose(index, sums, row: row - 1) }
      try tell(index, onEvent)
    }
    for sequence in active where sequence.finishReason != nil { freeSlots.append(sequence.slot) }
    for sequence in active where sequence.finishReason != nil {
      finished[sequence.index] = FinishedSequence(sequence)
    }
    active.removeAll { $0.finishReason != nil }
  }

  private mutating func scorePrompt(_ index: Int, _ sums: [Float], firstRow: Int, rows: Int) {
    for offset in 0..<rows {
      let position = active[index].consumed + offset + 1
      guard position < active[index].prompt.count else { return }
      let scores = RowScores(logits, row: firstRow + offset, vocab: vocab, logSumExp: sums[firstRow + offset])
      active[index].log(active[index].prompt[position], scores, top: request.logprobs ?? 0, tokenizer)
    }
  }

  private mutating func choose(_ index: Int, _ sums: [Float], row: Int) {
    guard active[index].produced.count < request.maxTokens else {
      active[index].finishReason = .length
      return
    }
    let token = active[index].sampler.next(&logits, row: row, vocab: vocab, room: &room)
    let scores = RowScores(logits, row: row, vocab: vocab, logSumExp: sums[row])
    active[index].logprobSum += Double(scores.logprob(token))
    if token == tokenizer.endOfText {
      active[index].finishReason = .stop
      return
    }
    active[index].produced.append(token)
    if let top = request.logprobs { active[index].log(token, scores, top: top, tokenizer) }
    active[index].piece += active[index].assembler.append(tokenizer.bytes(of: token) ?? [])
    if active[index].assembler.isStopped {
      active[index].finishReason = .stop
    } else if active[index].produced.count >= request.maxTokens
      || active[index].prompt.count + active[index].produced.count >= model.config.contextLength
    {
      active[index].finishReason = .length
    }
  }

  private mutating func tell(_ index: Int, _ onEvent: (CompletionEvent) throws -> Void) throws {
    if active[index].finishReason != nil { active[index].piece += active[index].assembler.finish() }
    let piece = active[index].piece
    active[index].piece = ""
    active[index].text += piece
    guard bestOf == request.count else { return }
    if !piece.isEmpty { try onEvent(.text(index: active[index].index, piece)) }
    if let reason = active[index].finishReason {
      try onEvent(.finished(index: active[index].index, active[index].choice(active[index].index, reason)))
    }
  }

  /// The best `n` of each prompt's sequences, by mean log-probability when more were drawn.
  private func result() -> CompletionResult {
    var choices: [CompletionChoice] = []
    for prompt in prompts.indices {
      var sequences = (0..<bestOf).compactMap { finished[prompt * bestOf + $0] }
      if bestOf > request.count { sequences.sort { $0.meanLogprob > $1.meanLogprob } }
      for (place, sequence) in sequences.prefix(request.count).enumerated() {
        var choice = sequence.choice
        choice.index = prompt * request.count + place
        choices.append(choice)
      }
    }
    return CompletionResult(
      choices: choices, promptTokens: prompts.reduce(0) { $0 + $1.count },
      completionTokens: finished.values.reduce(0) { $0 + $1.tokens })
  }
}

/// A sequence that holds a slot.
private struct ActiveSequence {
  let index: Int
  let slot: Int
  let prompt: [Int32]
  var sampler: Sampler
  var assembler: TextAssembler
  var consumed = 0  // tokens that the cache holds
  var produced: [Int32] = []
  var text = ""
  var piece = ""
  var logprobs = TokenLogprobs()
  var characters: Int  // in front of the next token that is logged
  var logprobSum = 0.0
  var finishReason: CompletionChoice.FinishReason?
  private let promptCharacters: Int  // of a prompt that is not echoed

  init(
    index: Int, slot: Int, prompt: [Int32], promptCharacters: Int, sampler: Sampler, assembler: TextAssembler
  ) {
    self.promptCharacters = promptCharacters
    characters = promptCharacters
    self.index = index
    self.slot = slot
    self.prompt = prompt
    self.sampler = sampler
    self.assembler = assembler
  }

  var promptIsDone: Bool { consumed >= prompt.count }

  /// The tokens that the cache lacks; of a prompt that is scored, a part at a time.
  func nextSegment(scored: Bool, _ scoredRows: Int) -> GPT2Segment {
    guard !promptIsDone else {
      return GPT2Segment(slot: slot, tokens: produced.suffix(1), logits: .last)
    }
    let rest = Array(prompt[consumed...])
    return scored
      ? GPT2Segment(slot: slot, tokens: Array(rest.prefix(scoredRows)), logits: .all)
      : GPT2Segment(slot: slot, tokens: rest, logits: .last)
  }
}

extension ActiveSequence {
  /// Puts the prompt in front of the answer.
  mutating func echo(_ tokenizer: Tokenizer, scored: Bool) {
    text = tokenizer.decode(prompt)
    guard scored, let first = prompt.first else { return }
    let bytes = tokenizer.bytes(of: first) ?? []
    logprobs.tokens.append(displayText(bytes))
    logprobs.tokenLogprobs.append(nil)
    logprobs.topLogprobs.append(nil)
    logprobs.textOffset.append(0)
    count(bytes)
  }

  mutating func log(_ token: Int32, _ scores: RowScores, top: Int, _ tokenizer: Tokenizer) {
    let bytes = tokenizer.bytes(of: token) ?? []
    let logprob = scores.logprob(token)
    var alternatives = scores.top(top)
    if !alternatives.contains(where: { $0.token == token }) {
      alternatives.append(ScoredToken(token: token, logprob: logprob))
    }
    logprobs.tokens.append(displayText(bytes))
    logprobs.tokenLogprobs.append(logprob)
    logprobs.topLogprobs.append(
      alternatives.map {
        TokenLogprobs.Alternative(token: displayText(tokenizer.bytes(of: $0.token) ?? []), logprob: $0.logprob)
      })
    logprobs.textOffset.append(characters)
    count(bytes)
  }

  /// Adds the characters that begin in `bytes`.
  private mutating func count(_ bytes: [UInt8]) {
    characters += bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  func choice(_ index: Int, _ reason: CompletionChoice.FinishReason) -> CompletionChoice {
    var kept: TokenLogprobs?
    if !logprobs.tokens.isEmpty {
      let end = promptCharacters + text.unicodeScalars.count
      var all = logprobs
      while all.tokens.count > 1, reason == .stop, assembler.isStopped, let last = all.textOffset.last, last >= end {
        all.tokens.removeLast()
        all.tokenLogprobs.removeLast()
        all.topLogprobs.removeLast()
        all.textOffset.removeLast()
      }
      kept = all
    }
    return CompletionChoice(index: index, text: text, tokens: produced, finishReason: reason, logprobs: kept)
  }
}

/// What remains of a sequence when its slot is free again.
private struct FinishedSequence {
  let choice: CompletionChoice
  let meanLogprob: Double
  let tokens: Int

  init(_ sequence: ActiveSequence) {
    choice = sequence.choice(sequence.index, sequence.finishReason ?? .length)
    tokens = sequence.produced.count
    meanLogprob = sequence.logprobSum / Double(max(1, sequence.produced.count))
  }
}
