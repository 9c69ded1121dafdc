internal import HoneFiles
internal import HoneKernels
internal import HoneModels
internal import HoneStore
internal import HoneTokenizers

/// A model that turns text into vectors, in memory and ready for any number of requests.
///
/// A text gives the same vector alone, among others, in any order.
public struct EmbeddingModel: Sendable {
  /// The longest text that is taken, in tokens: as clients of the hosted service expect.
  public static let longestText = 8191

  /// What the model is and where it comes from.
  public let info: ModelInfo
  /// Numbers of a vector.
  public let dimensions: Int
  /// Tokens that go through the model at a time, without those around a text; nil: any number.
  public let window: Int?
  /// How the matrices are held: `float32`, `bfloat16`, `int16`; `int8` for tables of bytes.
  public let precision: String
  /// Names the weights, the tokenizer and the pooling: vectors of different fingerprints cannot be compared.
  public let fingerprint: String

  /// Bytes of its numbers in memory.
  public var bytes: Int {
    switch network {
    case .bert(let encoder): encoder.bytes
    case .vectors(let vectors): vectors.bytes
    }
  }

  let tokenizer: EncoderTokenizer
  let settings: EncoderSettings
  private let network: Network
  private let projection: PackedMatrix?  // (rawDimensions, dimensions)
  private let rawDimensions: Int  // before the projection

  private enum Network: Sendable {
    case bert(BERTEncoder)
    case vectors(StaticVectors)
  }

  init(_ loaded: LoadedEncoder, _ precision: EmbeddingPrecision = .fast) {
    tokenizer = loaded.tokenizer
    settings = loaded.settings
    projection = loaded.projection.map {
      PackedMatrix($0.matrix, inputs: $0.inputs, outputs: $0.outputs, transposed: false, precision: .float32)
    }
    rawDimensions = loaded.dimensions
    dimensions = loaded.projection?.outputs ?? loaded.dimensions
    info = loaded.info
    switch loaded.network {
    case .bert(let weights, let config):
      let packed = precision == .fast ? PackedPrecision.fastForVectors : .float32
      network = .bert(BERTEncoder(weights, config, precision: packed))
      self.precision = packed.rawValue
      window = settings.window - tokenizer.prefix.count - tokenizer.suffix.count
    case .vectors(let vectors):
      network = .vectors(vectors)
      if case .int8 = vectors.table { self.precision = "int8" } else { self.precision = "float32" }
      window = nil
    }
    var facts = [loaded.info.fingerprint, settings.pooling.rawValue, "\(settings.window)", "\(settings.lowercases)"]
    facts += settings.prompts.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    fingerprint = sha256(of: Array(facts.joined(separator: "\n").utf8))
  }

  /// The token ids of a text, as the model's vocabulary numbers them, without those around a text.
  public func tokens(of text: String) -> [Int32] {
    tokenizer.encode(settings.lowercases ? text.lowercased() : text)
  }

  /// The name of a token in the vocabulary; nil outside it.
  public func name(of token: Int32) -> String? { tokenizer.name(of: token) }

  /// Embeds texts.
  ///
  /// - Throws: `HoneError` that names the first input which cannot be embedded: an empty one, one of more than
  ///   `longestText` tokens, ids outside the vocabulary, and with `LongTexts.error` one longer than the window;
  ///   `CancellationError`.
  public func embed(_ inputs: [EmbeddingInput], _ options: EmbeddingOptions = EmbeddingOptions()) throws
    -> EmbeddingResult
  {
    let prepared = try prepare(inputs, options)
    try Task.checkCancellation()
    return prepared.result(vectors(prepared.tokens, prepared.plans))
  }

  /// Embeds texts.
  public func embed(_ texts: [String], _ options: EmbeddingOptions = EmbeddingOptions()) throws -> EmbeddingResult {
    try embed(texts.map { .text($0) }, options)
  }

  /// Everything that can be wrong with inputs, found out before anything is computed; and their tokens.
  func prepare(_ inputs: [EmbeddingInput], _ options: EmbeddingOptions) throws -> PreparedTexts {
    let kept = try keptDimensions(options)
    let tokens = try tokens(of: inputs, prompt: try settings.prompt(task: options.task))
    let plans = try tokens.enumerated().map { index, tokens in
      try TextPieces(tokens.count, window: window, long: options.long, index: index)
    }
    return PreparedTexts(tokens: tokens, plans: plans, dimensions: dimensions, kept: kept)
  }

  /// A result from vectors that were computed before.
  func result(_ entries: [VectorCache.Entry], _ options: EmbeddingOptions) throws -> EmbeddingResult {
    let kept = try keptDimensions(options)
    var values = entries.flatMap { $0.vector.prefix(kept) }
    normalizeRows(&values, dimensions: kept)
    return EmbeddingResult(
      dimensions: kept, values: values, tokenCounts: entries.map(\.tokens), pieceCounts: entries.map(\.pieces),
      lostTokens: entries.map(\.lost))
  }

  private func keptDimensions(_ options: EmbeddingOptions) throws -> Int {
    guard let wanted = options.dimensions else { return dimensions }
    guard wanted >= 1, wanted <= dimensions else {
      throw HoneError(
        "dimensions: expected 1 to \(dimensions), found \(wanted)",
        remedy: "ask for as many as the model has, or fewer",
        parameter: "dimensions")
    }
    return wanted
  }

  /// The token ids of all inputs, many at a time.
  private func tokens(of inputs: [EmbeddingInput], prompt: String) throws -> [[Int32]] {
    let group = 256
    let groups = parallelMap((inputs.count + group - 1) / group) { index in
      var encoder = EncoderTokenizer.Encoder(tokenizer)
      return inputs[index * group..<min(inputs.count, (index + 1) * group)].map { input in
        switch input {
        case .text(let text):
          let whole = prompt + text
          return encoder.encode(settings.lowercases ? whole.lowercased() : whole)
        case .tokens(let tokens): return tokens
        }
      }
    }
    let tokens = groups.flatMap { $0 }
    for (index, input) in inputs.enumerated() { try check(input, tokens[index], index, of: inputs.count) }
    return tokens
  }

  private func check(_ input: EmbeddingInput, _ tokens: [Int32], _ index: Int, of count: Int) throws {
    let place = count == 1 ? "input" : "input \(index)"
    switch input {
    case .text(let text):
      guard !text.isEmpty else { throw emptyInput("\(place): expected text, found an empty string") }
    case .tokens(let tokens):
      guard !tokens.isEmpty else { throw emptyInput("\(place): expected token ids, found an empty list") }
      if let bad = tokens.first(where: { $0 < 0 || Int($0) >= tokenizer.vocabSize }) {
        throw HoneError(
          "\(place): expected token ids from 0 to \(tokenizer.vocabSize - 1), found \(bad)",
          remedy: "make the ids with this model's own tokenizer (`hone tokens`), or send text", parameter: "input")
      }
    }
    guard tokens.count <= Self.longestText else {
      throw HoneError(
        "\(place): expected at most \(Self.longestText) tokens, found \(tokens.count)",
        remedy: "divide the text, and embed its parts", parameter: "input", code: "context_length_exceeded")
    }
  }

  private func emptyInput(_ message: String) -> HoneError {
    HoneError(message, remedy: "leave it out, or give it text", parameter: "input")
  }

  /// The vectors, not yet of length 1. Shapes: result (inputs, dimensions).
  func vectors(_ tokens: [[Int32]], _ plans: [TextPieces]) -> [Float] {
    let raw = rawVectors(tokens, plans)
    return projection == nil ? raw : projected(raw)
  }

  /// What the model's matrix makes of the vectors of the model before it, not yet of length 1; nothing is embedded.
  ///
  /// Shapes: vectors (rows, numbers of the model before it); result (rows, dimensions).
  func projected(_ vectors: [Float]) -> [Float] {
    precondition(vectors.count % rawDimensions == 0, "\(vectors.count) numbers in rows of \(rawDimensions)")
    guard let projection else { return vectors }
    var raw = vectors
    normalizeRows(&raw, dimensions: rawDimensions)
    let rows = raw.count / rawDimensions
    var result = [Float](repeating: 0, count: rows * dimensions)
    linear(&result, raw, projection, [], rows: rows)
    return result
  }

  /// Numbers of the vectors that `projected` takes; nil for a model without a matrix.
  var projectedDimensions: Int? { projection == nil ? nil : rawDimensions }

  private func rawVectors(_ tokens: [[Int32]], _ plans: [TextPieces]) -> [Float] {
    switch network {
    case .vectors(let table): return vectors(tokens, plans, table)
    case .bert(let encoder):
      var sequences: [[Int32]] = []
      for (tokens, plan) in zip(tokens, plans) {
        for piece in plan.pieces { sequences.append(tokenizer.prefix + tokens[piece] + tokenizer.suffix) }
      }
      let pieces = encoder.embed(sequences, pooling: settings.pooling)
      return sequences.count == tokens.count ? pieces : averages(pieces, plans)
    }
  }

  private func vectors(_ tokens: [[Int32]], _ plans: [TextPieces], _ table: StaticVectors) -> [Float] {
    let group = 64
    let groups = parallelMap((tokens.count + group - 1) / group) { index in
      let part = index * group..<min(tokens.count, (index + 1) * group)
      var vectors: [Float] = []
      vectors.reserveCapacity(part.count * rawDimensions)
      for input in part {
        vectors +=
          table.embed(tokens[input]) ?? tokenizer.unknownToken.flatMap { table.embed([$0]) }
          ?? [Float](repeating: 1, count: rawDimensions)
      }
      return vectors
    }
    var result: [Float] = []
    result.reserveCapacity(tokens.count * rawDimensions)
    for group in groups { result += group }
    return result
  }

  /// The vector of each text from those of its pieces: that of its only one as it is, else unit vectors weighted by
  /// their tokens.
  private func averages(_ pieces: [Float], _ plans: [TextPieces]) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(plans.count * rawDimensions)
    var row = 0
    for plan in plans {
      var own = Array(pieces[row * rawDimensions..<(row + plan.pieces.count) * rawDimensions])
      row += plan.pieces.count
      guard plan.pieces.count > 1 else {
        result += own
        continue
      }
      normalizeRows(&own, dimensions: rawDimensions)
      var sum = [Float](repeating: 0, count: rawDimensions)
      for (place, piece) in plan.pieces.enumerated() {
        for i in 0..<rawDimensions { sum[i] += Float(piece.count) * own[place * rawDimensions + i] }
      }
      result += sum
    }
    return result
  }
}

/// Inputs as tokens, and what is to become of their vectors.
struct PreparedTexts: Sendable {
  let tokens: [[Int32]]
  let plans: [TextPieces]
  let dimensions: Int
  let kept: Int

  /// Some of them.
  func part(_ indexes: [Int]) -> PreparedTexts {
    PreparedTexts(
      tokens: indexes.map { tokens[$0] }, plans: indexes.map { plans[$0] }, dimensions: dimensions, kept: kept)
  }

  /// The result, from whole vectors that need not be of length 1.
  func result(_ vectors: [Float], cut: Bool = true) -> EmbeddingResult {
    let kept = cut ? kept : dimensions
    var values = vectors
    if kept < dimensions {
      values = stride(from: 0, to: vectors.count, by: dimensions).flatMap { vectors[$0..<$0 + kept] }
    }
    normalizeRows(&values, dimensions: kept)
    return EmbeddingResult(
      dimensions: kept, values: values, tokenCounts: tokens.map(\.count), pieceCounts: plans.map(\.pieces.count),
      lostTokens: plans.map(\.lost))
  }
}

/// How a text is divided for the model.
struct TextPieces: Sendable, Equatable {
  /// Which tokens go through the model together.
  let pieces: [Range<Int>]
  /// Tokens at the end that are left out.
  let lost: Int

  /// - Throws: `HoneError` under `LongTexts.error`, for more tokens than the window.
  init(_ count: Int, window: Int?, long: LongTexts, index: Int) throws {
    guard let window, count > window else {
      pieces = [0..<count]
      lost = 0
      return
    }
    switch long {
    case .pieces:
      let number = (count + window - 1) / window
      pieces = (0..<number).map { count * $0 / number..<count * ($0 + 1) / number }
      lost = 0
    case .truncate:
      pieces = [0..<window]
      lost = count - window
    case .error:
      throw HoneError(
        "input \(index): expected at most \(window) tokens, which is what the model sees at a time, found \(count)",
        remedy: "divide the text, or let it be embedded in pieces", parameter: "input", code: "context_length_exceeded")
    }
  }
}

extension PackedPrecision {
  /// The fastest kind of product here that keeps vectors where they are (cosine 0.9995 or more).
  static var fastForVectors: PackedPrecision {
    let engine = Engine.current
    if engine.hasTiles { return .bfloat16 }
    return engine.kernels == "avx512vnni" ? .int16 : .float32
  }
}
