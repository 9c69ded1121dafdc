/// A text, or the token ids of one.
public enum EmbeddingInput: Sendable, Equatable {
  case text(String)
  case tokens([Int32])
}

/// What happens to a text of more tokens than go through the model at a time.
public enum LongTexts: String, Sendable, Codable, CaseIterable {
  /// It is embedded in pieces of nearly equal length, whose vectors are averaged by their tokens: every token counts.
  case pieces
  /// It is refused.
  case error
  /// Its end is left out, and the reply says how many tokens that were.
  case truncate
}

/// How texts become vectors.
public struct EmbeddingOptions: Sendable, Equatable {
  /// What the vectors are for, such as `query` or `document`: it chooses the model's own prompt.
  public var task: String?
  public var long = LongTexts.pieces
  /// Numbers of a vector that are kept; nil: all. What is kept is made to length 1 again.
  public var dimensions: Int?

  public init(task: String? = nil, long: LongTexts = .pieces, dimensions: Int? = nil) {
    self.task = task
    self.long = long
    self.dimensions = dimensions
  }
}

/// Vectors of length 1, one for each input, and what became of the inputs.
public struct EmbeddingResult: Sendable, Equatable {
  /// Numbers of a vector.
  public let dimensions: Int
  /// The vectors end to end. Shapes: (inputs, dimensions).
  public let values: [Float]
  /// Tokens of each input, without those that the model puts around a text.
  public let tokenCounts: [Int]
  /// Pieces that each input was embedded in.
  public let pieceCounts: [Int]
  /// Tokens of each input that no vector knows of: zero but for `LongTexts.truncate`.
  public let lostTokens: [Int]

  public var count: Int { tokenCounts.count }

  public subscript(index: Int) -> ArraySlice<Float> { values[index * dimensions..<(index + 1) * dimensions] }
}

/// How a model's matrices are held and multiplied while it embeds.
public enum EmbeddingPrecision: String, Sendable, Codable, CaseIterable {
  /// The fastest on this processor whose vectors have a cosine of 0.9995 or more with those of float32.
  case fast
  /// As the model was trained.
  case float32
}
