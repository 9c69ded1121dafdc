/// The classes of a classification file: its distinct completions.
package struct LabelSet: Sendable, Equatable {
  package struct Label: Sendable, Equatable {
    package var text: String
    package var tokens: [Int32]
    package var count: Int
  }

  /// Most frequent first; equal counts in order of first appearance.
  package private(set) var labels: [Label]
  private var positions: [[UInt8]: Int]

  /// Gathers the classes of these rows.
  package init(_ examples: [Example], encode: Encode) {
    let counts = ClassCount.counts(of: examples)
    let tokens = encodeInPieces(counts.map(\.label), encode)
    labels = zip(counts, tokens).map { Label(text: $0.label, tokens: $1, count: $0.count) }
    positions = Dictionary(
      zip(labels.indices, labels).map { (Array($1.text.utf8), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The class of a completion, nil when it is none of these.
  package func index(of completion: [UInt8]) -> Int? { positions[completion] }

  /// The token by which each class is told apart; nil for a class without tokens.
  package var firstTokens: [Int32?] { labels.map(\.tokens.first) }

  /// Groups of classes that begin with the same token and so cannot be told apart by one token.
  package var collisions: [LabelCollision] {
    let groups = Dictionary(grouping: labels.indices) { labels[$0].tokens.first }
    return groups.compactMap { token, members in
      guard let token, members.count > 1 else { return nil }
      return LabelCollision(token: token, labels: members.map { labels[$0].text }, classes: members)
    }.sorted { $0.classes.lexicographicallyPrecedes($1.classes) }
  }
}

/// Classes whose completions begin with the same token.
package struct LabelCollision: Sendable, Codable, Equatable {
  package var token: Int32
  package var labels: [String]
  /// Positions in the label set.
  package var classes: [Int]

  package init(token: Int32, labels: [String], classes: [Int]) {
    self.token = token
    self.labels = labels
    self.classes = classes
  }
}
