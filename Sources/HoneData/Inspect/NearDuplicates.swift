/// Texts that say nearly the same, found without comparing each with each.
///
/// Every text gets a signature of 128 minima over its shingles; texts that agree in one of 32 bands of 4 are compared
/// exactly. In a band that very many texts share, each is compared with the first few only, so that the time stays
/// in proportion to the number of texts; a long chain of ever less similar texts may therefore come out in parts.
///
/// Source: Broder, "On the resemblance and containment of documents", 1997; one permutation with rotation for the
/// empty bins: Shrivastava and Li, "Densifying One Permutation Hashing", ICML 2014.
/// Complexity: O(n log n) in texts, O(words) in their length.
struct NearDuplicates {
  private static let bins = 128
  private static let rowsPerBand = 4
  private static let comparedPerBand = 16
  private static let comparedPerGroup = 4

  private(set) var shingles: Shingles
  private var parents: [Int32]
  /// The lowest verified similarity that joined each group, by its root.
  private var weakest: [Int32: Double] = [:]

  /// Finds the groups among texts that differ from one another.
  init(_ texts: [[UInt8]], threshold: Double, shingleWords: Int) {
    shingles = Shingles(of: texts, size: shingleWords)
    parents = Array(0..<Int32(texts.count))
    let signatures = (0..<texts.count).map { signature(of: shingles[$0]) }
    for band in 0..<(Self.bins / Self.rowsPerBand) {
      joinAgreeing(in: band, signatures, threshold)
    }
  }

  /// The groups of two or more, each ascending, with the lowest similarity that holds it together.
  mutating func groups() -> [(members: [Int], similarity: Double)] {
    var byRoot: [Int32: [Int]] = [:]
    for text in parents.indices { byRoot[root(of: Int32(text)), default: []].append(text) }
    return byRoot.filter { $0.value.count > 1 }
      .map { (members: $0.value, similarity: weakest[$0.key] ?? 1) }
      .sorted { $0.members[0] < $1.members[0] }
  }

  private mutating func joinAgreeing(in band: Int, _ signatures: [[UInt32]], _ threshold: Double) {
    let first = band * Self.rowsPerBand
    var keyed: [(key: UInt64, text: Int32)] = []
    for (text, signature) in signatures.enumerated() where !signature.isEmpty {
      let key = signature[first..<(first + Self.rowsPerBand)].reduce(UInt64(band)) { mixed($0 ^ UInt64($1)) }
      keyed.append((key, Int32(text)))
    }
    keyed.sort { ($0.key, $0.text) < ($1.key, $1.text) }
    var start = 0
    while start < keyed.count {
      var end = start + 1
      while end < keyed.count && keyed[end].key == keyed[start].key { end += 1 }
      if end - start > 1 { joinSimilar(keyed[start..<end].map(\.text), threshold) }
      start = end
    }
  }

  /// Compares each text with a few before it: at most four of a group, since a text may be like one member and
  /// less like another, and at most sixteen in all.
  private mutating func joinSimilar(_ texts: [Int32], _ threshold: Double) {
    var compared: [Int32] = []
    for text in texts {
      for other in compared where root(of: other) != root(of: text) && mayReach(threshold, Int(text), Int(other)) {
        join(text, other, threshold)
      }
      guard compared.count < Self.comparedPerBand else { continue }
      let own = root(of: text)
      if compared.count(where: { root(of: $0) == own }) < Self.comparedPerGroup { compared.append(text) }
    }
  }

  /// Whether the sizes of two sets allow this similarity.
  private func mayReach(_ threshold: Double, _ first: Int, _ second: Int) -> Bool {
    let (a, b) = (shingles[first].count, shingles[second].count)
    return Double(min(a, b)) >= threshold * Double(max(a, b))
  }

  private mutating func join(_ first: Int32, _ second: Int32, _ threshold: Double) {
    let similarity = shingles.jaccard(Int(first), Int(second))
    guard similarity >= threshold else { return }
    let (a, b) = (root(of: first), root(of: second))
    let lowest = min(similarity, weakest[a] ?? 1, weakest[b] ?? 1)
    parents[Int(max(a, b))] = min(a, b)
    weakest[min(a, b)] = lowest
  }

  /// The text that stands for a group; the path to it is halved on the way.
  private mutating func root(of text: Int32) -> Int32 {
    var text = Int(text)
    while parents[text] != text {
      parents[text] = parents[Int(parents[text])]
      text = Int(parents[text])
    }
    return Int32(text)
  }

  /// The smallest hash in each of 128 bins; an empty bin takes the next filled one's, changed by its distance.
  private func signature(of shingles: ArraySlice<UInt64>) -> [UInt32] {
    guard !shingles.isEmpty else { return [] }
    var minima = [UInt32](repeating: .max, count: Self.bins)
    for shingle in shingles {
      let bin = Int(shingle >> 57)
      minima[bin] = min(minima[bin], UInt32(truncatingIfNeeded: shingle) >> 1)
    }
    var filled = minima
    var next: UInt32 = 0
    var distance: UInt32 = 0
    for step in (0..<(2 * Self.bins)).reversed() {
      let bin = step % Self.bins
      if minima[bin] != .max {
        next = minima[bin]
        distance = 0
      } else {
        distance += 1
        filled[bin] = next &+ distance &* 0x9e37_79b9
      }
    }
    return filled
  }
}
