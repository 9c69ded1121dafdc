extension Tokenizer {
  /// Learns a vocabulary: the 256 bytes, then the most frequent neighbouring pairs inside words, then the specials.
  ///
  /// Among equally frequent pairs the one whose left, then right token has the lower id comes first.
  /// No pair becomes a special token's name, for names are what the files tell tokens apart by.
  /// - Precondition: vocabSize ≥ 256 + the number of special tokens.
  /// - Throws: `TokenizerError.badField` when a special token's name is empty, given twice, or that of a byte.
  /// Source: Sennrich et al. 2016, over bytes as Radford et al. 2019.
  package static func train(
    texts: some Sequence<[UInt8]>, vocabSize: Int, specialTokens: [String] = [endOfTextName]
  ) throws(TokenizerError) -> Tokenizer {
    precondition(vocabSize >= 256 + specialTokens.count, "a vocabulary of \(vocabSize)")
    let file = "the trained vocabulary"
    var names: Set<[UInt8]> = []
    for name in specialTokens {
      guard name.unicodeScalars.count > 1 || ByteAlphabet.decode(name) == nil, names.insert(Array(name.utf8)).inserted
      else {
        throw .badField(
          file: file, field: "the name of each special token", expected: "of its own and not a single byte",
          found: "'\(name)'")
      }
    }
    var trainer = BPETrainer(counts: wordCounts(texts), reserved: Set(specialTokens.compactMap(ByteAlphabet.decode)))
    trainer.run(merges: vocabSize - 256 - specialTokens.count)
    var tokens: [[UInt8]?] = trainer.tokens
    var specials: [Int32: String] = [:]
    for name in specialTokens {
      specials[Int32(tokens.count)] = name
      tokens.append(nil)
    }
    return try Tokenizer(tokens: tokens, specials: specials, mergePairs: trainer.merges, file: file)
  }

  private static func wordCounts(_ texts: some Sequence<[UInt8]>) -> [[UInt8]: Int] {
    var counts: [[UInt8]: Int] = [:]
    for text in texts {
      var splitter = WordSplitter(text)
      while let range = splitter.next() { counts[Array(text[range]), default: 0] += 1 }
    }
    return counts
  }
}

/// Counts of pairs, kept up to date as they merge: only the words that hold a merged pair are touched.
private struct BPETrainer {
  private struct Pair: Hashable {
    let left: Int32
    let right: Int32
  }

  private struct Candidate {
    let pair: Pair
    let count: Int

    func isBefore(_ other: Candidate) -> Bool {
      if count != other.count { return count > other.count }
      return (pair.left, pair.right) < (other.pair.left, other.pair.right)
    }
  }

  private(set) var tokens: [[UInt8]] = (0...255).map { [UInt8($0)] }
  private(set) var merges: [(left: Int32, right: Int32, token: Int32)] = []
  private var words: [[Int32]] = []
  private var wordCounts: [Int] = []
  private var counts: [Pair: Int] = [:]
  private var places: [Pair: Set<Int32>] = [:]
  private var heap: [Candidate] = []
  private let reserved: Set<[UInt8]>  // what no pair may become

  init(counts: [[UInt8]: Int], reserved: Set<[UInt8]>) {
    self.reserved = reserved
    for (word, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      words.append(word.map { Int32($0) })
      wordCounts.append(count)
      countPairs(of: words.count - 1, sign: 1)
    }
    for (pair, count) in self.counts { push(Candidate(pair: pair, count: count)) }
  }

  mutating func run(merges wanted: Int) {
    while merges.count < wanted, let candidate = pop() {
      let current = counts[candidate.pair] ?? 0
      guard current == candidate.count else {
        if current > 0 { push(Candidate(pair: candidate.pair, count: current)) }
        continue
      }
      guard current > 1 else { return }
      if isReserved(candidate.pair) { continue }
      merge(candidate.pair)
    }
  }

  private func isReserved(_ pair: Pair) -> Bool {
    !reserved.isEmpty && reserved.contains(tokens[Int(pair.left)] + tokens[Int(pair.right)])
  }

  private mutating func merge(_ pair: Pair) {
    let token = Int32(tokens.count)
    tokens.append(tokens[Int(pair.left)] + tokens[Int(pair.right)])
    merges.append((pair.left, pair.right, token))
    var fresh: Set<Pair> = []
    for place in (places[pair] ?? []).sorted() {
      let word = Int(place)
      countPairs(of: word, sign: -1)
      words[word] = merged(words[word], pair, token)
      countPairs(of: word, sign: 1)
      for index in words[word].indices.dropLast() where words[word][index] == token || words[word][index + 1] == token {
        fresh.insert(Pair(left: words[word][index], right: words[word][index + 1]))
      }
    }
    places[pair] = nil
    counts[pair] = nil
    for pair in fresh { push(Candidate(pair: pair, count: counts[pair] ?? 0)) }
  }

  private func merged(_ word: [Int32], _ pair: Pair, _ token: Int32) -> [Int32] {
    var result: [Int32] = []
    var index = 0
    while index < word.count {
      if index + 1 < word.count, word[index] == pair.left, word[index + 1] == pair.right {
        result.append(token)
        index += 2
      } else {
        result.append(word[index])
        index += 1
      }
    }
    return result
  }

  private mutating func countPairs(of word: Int, sign: Int) {
    let tokens = words[word]
    for index in tokens.indices.dropLast() {
      let pair = Pair(left: tokens[index], right: tokens[index + 1])
      counts[pair, default: 0] += sign * wordCounts[word]
      if sign > 0 { places[pair, default: []].insert(Int32(word)) }
    }
  }

  private mutating func push(_ candidate: Candidate) {
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Candidate? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      let (left, right) = (2 * parent + 1, 2 * parent + 2)
      if left < heap.count, heap[left].isBefore(heap[least]) { least = left }
      if right < heap.count, heap[right].isBefore(heap[least]) { least = right }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
