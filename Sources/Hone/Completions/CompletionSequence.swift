internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers

/// What a step of the model predicted: logits, and the sampling's own memory.
struct PredictedRows {
  let vocab: Int
  private(set) var logits: [Float] = []  // (rows, vocab)
  private var logSumExp: [Float] = []  // (rows)
  private var room = SamplingRoom()

  init(vocab: Int) { self.vocab = vocab }

  /// Takes one step with the model. With `scored`, rows can give their log-probabilities afterwards.
  mutating func fill(_ model: GPT2Model, _ cache: inout GPT2Cache, _ segments: [GPT2Segment], scored: Bool) {
    let rows = model.extend(&cache, segments, logits: &logits)
    guard scored else { return }
    if logSumExp.count < rows { logSumExp = [Float](repeating: 0, count: rows) }
    logSumExpRows(&logSumExp, logits, rows: rows, vocab: vocab)
  }

  func scores(_ row: Int) -> RowScores {
    RowScores(logits, row: row, vocab: vocab, logSumExp: logSumExp[row])
  }

  mutating func choose(_ sampler: inout Sampler, row: Int) -> Int32 {
    sampler.next(&logits, row: row, vocab: vocab, room: &room)
  }

  /// One row by itself, for draws that come later.
  func alone(row: Int, scored: Bool) -> PredictedRows {
    var rows = PredictedRows(vocab: vocab)
    rows.logits = Array(logits[row * vocab..<(row + 1) * vocab])
    if scored { rows.logSumExp = [logSumExp[row]] }
    return rows
  }
}

/// One continuation in progress: takes in its prompt, then chooses a token at a time until it ends.
///
/// It knows neither the cache nor who else is in the batch, so its answer depends on its rows of logits alone.
struct CompletionSequence: Sendable {
  private(set) var index: Int
  let prompt: [Int32]
  private var consumed = 0  // tokens of the prompt that the cache holds
  private(set) var produced: [Int32] = []
  private(set) var finishReason: CompletionChoice.FinishReason?
  private(set) var logprobSum = 0.0
  private var sampler: Sampler
  private var assembler: TextAssembler
  private var text = ""
  private var piece = ""
  private var logprobs = TokenLogprobs()
  private var toldLogprobs = 0
  private var characters: Int  // in front of the next token that is logged
  private var textEnd: Int  // characters in front of the text that is not told yet
  private let promptCharacters: Int  // of a prompt that is not echoed

  init(_ plan: CompletionPlan, index: Int) {
    self.index = index
    prompt = plan.prompts[index / plan.bestOf]
    sampler = plan.sampler(sequence: index)
    assembler = TextAssembler(stops: plan.request.stop + plan.request.endsOfTurn)
    let counts = plan.request.logprobs != nil && !plan.request.echo
    promptCharacters = counts ? plan.tokenizer.decode(prompt).unicodeScalars.count : 0
    characters = promptCharacters
    textEnd = promptCharacters
    if plan.request.echo { echo(plan) }
  }

  /// This sequence, whose prompt has just been taken in, as another draw.
  func drawn(_ plan: CompletionPlan, index: Int) -> CompletionSequence {
    var other = self
    other.index = index
    other.sampler = plan.sampler(sequence: index)
    return other
  }

  var promptIsDone: Bool { consumed >= prompt.count }
  /// Prompt tokens that the cache lacks.
  var waitingRows: Int { prompt.count - consumed }

  /// The tokens that the cache lacks, at most so many of a prompt, and which rows of logits they should yield.
  func segment(_ plan: CompletionPlan, slot: Int, most: Int) -> GPT2Segment {
    guard !promptIsDone else { return GPT2Segment(slot: slot, tokens: produced.suffix(1), logits: .last) }
    let tokens = Array(prompt[consumed...].prefix(most))
    if plan.scoresPrompt { return GPT2Segment(slot: slot, tokens: tokens, logits: .all) }
    let ends = consumed + tokens.count == prompt.count
    return GPT2Segment(slot: slot, tokens: tokens, logits: ends && plan.request.maxTokens > 0 ? .last : .none)
  }

  /// Notes that the cache took in tokens of the prompt, whose rows begin at `firstRow`, and scores what they predict.
  mutating func takePrompt(_ count: Int, _ rows: PredictedRows, firstRow: Int, _ plan: CompletionPlan) {
    if plan.scoresPrompt {
      for offset in 0..<count where consumed + offset + 1 < prompt.count {
        log(prompt[consumed + offset + 1], rows.scores(firstRow + offset), plan)
      }
    }
    consumed += count
  }

  /// Chooses the next token from a row, or ends.
  mutating func choose(_ rows: inout PredictedRows, row: Int, _ plan: CompletionPlan) {
    guard produced.count < plan.request.maxTokens else { return end(.length) }
    let token = rows.choose(&sampler, row: row)
    let scores = plan.needsScores ? rows.scores(row) : nil
    if let scores { logprobSum += Double(scores.logprob(token)) }
    if token == plan.tokenizer.endOfText { return end(.stop) }
    produced.append(token)
    var bytes = plan.tokenizer.bytes(of: token) ?? []
    if plan.request.dropsFirstSpace, produced.count == 1, bytes.first == 0x20 { bytes.removeFirst() }
    if let scores, plan.request.logprobs != nil { log(token, scores, plan, bytes: bytes) }
    piece += assembler.append(bytes)
    if assembler.isStopped {
      end(.stop)
    } else if produced.count >= plan.request.maxTokens || prompt.count + produced.count >= plan.contextLength {
      end(.length)
    }
  }

  private mutating func end(_ reason: CompletionChoice.FinishReason) {
    finishReason = reason
    piece += assembler.finish()
  }

  /// What became certain since the last call; nothing before the prompt is taken in, so that other draws can tell it.
  mutating func news(_ plan: CompletionPlan) -> [CompletionEvent] {
    guard promptIsDone else { return [] }
    var events: [CompletionEvent] = []
    textEnd += piece.unicodeScalars.count
    text += piece
    let choice = finishReason.map { self.choice($0) }
    if plan.request.logprobs != nil, plan.tellsPieces {
      let entries = newLogprobs(choice)
      if !entries.tokens.isEmpty { events.append(.logprobs(index: index, entries)) }
    }
    if !piece.isEmpty { events.append(.text(index: index, piece)) }
    piece = ""
    if let choice { events.append(.finished(index: index, choice)) }
    return plan.tellsPieces ? events : []
  }

  /// Entries that were not told yet: of a finished choice all, before that those whose text is certain.
  private mutating func newLogprobs(_ choice: CompletionChoice?) -> TokenLogprobs {
    let all = choice?.logprobs ?? logprobs
    var end = all.tokens.count
    if choice == nil { while end > toldLogprobs, all.textOffset[end - 1] >= textEnd { end -= 1 } }
    defer { toldLogprobs = max(toldLogprobs, end) }
    return all.part(min(toldLogprobs, end)..<end)
  }

  /// The choice as it stands.
  func choice(_ reason: CompletionChoice.FinishReason) -> CompletionChoice {
    var kept = logprobs.tokens.count
    while kept > 1, reason == .stop, assembler.isStopped, logprobs.textOffset[kept - 1] >= textEnd { kept -= 1 }
    return CompletionChoice(
      index: index, text: text, tokens: produced, finishReason: reason,
      logprobs: kept > 0 ? logprobs.part(0..<kept) : nil)
  }
}

extension CompletionSequence {
  /// Puts the prompt in front of the answer.
  private mutating func echo(_ plan: CompletionPlan) {
    piece = plan.tokenizer.decode(prompt)
    guard plan.scoresPrompt, let first = prompt.first else { return }
    let bytes = plan.tokenizer.bytes(of: first) ?? []
    logprobs.append(displayText(bytes), nil, nil, offset: 0)
    count(bytes)
  }

  private mutating func log(_ token: Int32, _ scores: RowScores, _ plan: CompletionPlan, bytes: [UInt8]? = nil) {
    let tokenBytes = plan.tokenizer.bytes(of: token) ?? []
    let logprob = scores.logprob(token)
    var alternatives = scores.top(plan.request.logprobs ?? 0)
    if !alternatives.contains(where: { $0.token == token }) {
      alternatives.append(ScoredToken(token: token, logprob: logprob))
    }
    let named = alternatives.map {
      TokenLogprobs.Alternative(token: displayText(plan.tokenizer.bytes(of: $0.token) ?? []), logprob: $0.logprob)
    }
    logprobs.append(displayText(tokenBytes), logprob, named, offset: characters)
    count(bytes ?? tokenBytes)
  }

  /// Adds the characters that begin in `bytes`.
  private mutating func count(_ bytes: [UInt8]) {
    characters += bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

extension TokenLogprobs {
  fileprivate mutating func append(_ token: String, _ logprob: Float?, _ top: [Alternative]?, offset: Int) {
    tokens.append(token)
    tokenLogprobs.append(logprob)
    topLogprobs.append(top)
    textOffset.append(offset)
  }

  /// Some of the entries.
  func part(_ range: Range<Int>) -> TokenLogprobs {
    var part = TokenLogprobs()
    part.tokens = Array(tokens[range])
    part.tokenLogprobs = Array(tokenLogprobs[range])
    part.topLogprobs = Array(topLogprobs[range])
    part.textOffset = Array(textOffset[range])
    return part
  }

  /// Adds the entries of `more`.
  public mutating func append(_ more: TokenLogprobs) {
    tokens += more.tokens
    tokenLogprobs += more.tokenLogprobs
    topLogprobs += more.topLogprobs
    textOffset += more.textOffset
  }
}
