internal import HoneKernels

/// Which examples each step takes. It depends on the seed and the epoch alone, so a resumed run draws the same.
package struct ExampleOrder {
  package let labels: [Int?]
  package let balanced: Bool
  package let seed: UInt64

  /// `labels` holds the class of every example, or nil.
  package init(labels: [Int?], balanced: Bool, seed: UInt64) {
    self.labels = labels
    self.balanced = balanced
    self.seed = seed
  }

  /// The order of one epoch, counted from 0: a shuffle, or as many draws in which all classes come equally often.
  package func indexes(epoch: Int) -> [Int] {
    var generator = RandomGenerator(seed: seed &+ UInt64(epoch) &* 0x9E37_79B9_7F4A_7C15)
    guard balanced else { return Array(labels.indices).shuffled(using: &generator) }
    return balancedIndexes(using: &generator)
  }

  private func balancedIndexes(using generator: inout RandomGenerator) -> [Int] {
    let classes = Dictionary(grouping: labels.indices) { labels[$0] ?? -1 }
    let names = classes.keys.sorted()
    var decks = names.map { (classes[$0] ?? []).shuffled(using: &generator) }
    var places = [Int](repeating: 0, count: names.count)
    var result: [Int] = []
    while result.count < labels.count {
      for deck in decks.indices.shuffled(using: &generator) {
        if places[deck] == decks[deck].count {
          decks[deck].shuffle(using: &generator)
          places[deck] = 0
        }
        result.append(decks[deck][places[deck]])
        places[deck] += 1
      }
    }
    return Array(result.prefix(labels.count))
  }
}

/// The weight of each example so that every class has the same weight in sum; the mean over all examples is 1.
package func balancedWeights(labels: [Int?]) -> [Float] {
  let counts = labels.reduce(into: [Int: Int]()) { $0[$1 ?? -1, default: 0] += 1 }
  return labels.map { label in
    Float(Double(labels.count) / (Double(counts.count) * Double(counts[label ?? -1] ?? 1)))
  }
}
