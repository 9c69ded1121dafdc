import HoneData
import HoneTestSupport
import Testing

/// Jaccard similarity of word runs, from the definition.
private func referenceJaccard(_ a: String, _ b: String, words size: Int) -> Double {
  func shingles(_ text: String) -> Set<[Substring]> {
    let words = text.lowercased()[...].split(separator: " ")
    guard words.count > size else { return words.isEmpty ? [] : [words] }
    return Set((0...(words.count - size)).map { Array(words[$0..<($0 + size)]) })
  }
  let (first, second) = (shingles(a), shingles(b))
  let union = first.union(second).count
  return union == 0 ? 0 : Double(first.intersection(second).count) / Double(union)
}

@Suite struct NearDuplicateTests {
  /// Texts of words, some of them changed copies of others.
  private func texts(_ seeded: inout Seeded, _ count: Int) -> [String] {
    var texts: [String] = []
    for _ in 0..<count {
      if !texts.isEmpty && seeded.chance(0.4) {
        var words = seeded.pick(texts).split(separator: " ").map(String.init)
        words[seeded.number(0...(words.count - 1))] = "w\(seeded.number(0...9999))"
        texts.append(words.joined(separator: " "))
      } else {
        texts.append((0..<seeded.number(1...60)).map { _ in "w\(seeded.number(0...500))" }.joined(separator: " "))
      }
    }
    return texts
  }

  /// Each pair above the threshold must be in one group; the signatures may miss one in a thousand.
  @Test func groupsAreThoseOfComparingEachWithEach() {
    var pairs = 0
    var missed: [String] = []
    for seed in 0..<(runsEverything ? 400 : 40) {
      var seeded = Seeded(seed)
      let texts = texts(&seeded, 60)
      let report = inspect(texts.map { Example(prompt: $0, completion: " x") })
      let groupOf = Dictionary(
        report.nearDuplicates.enumerated().flatMap { group in group.element.rows.map { ($0, group.offset) } },
        uniquingKeysWith: { first, _ in first })
      for a in texts.indices {
        for b in texts.indices where b > a && texts[a] != texts[b] {
          guard referenceJaccard(texts[a], texts[b], words: 3) >= 0.8 else { continue }
          pairs += 1
          if groupOf[a] == nil || groupOf[a] != groupOf[b] { missed.append("seed \(seed), rows \(a) and \(b)") }
        }
      }
      for group in report.nearDuplicates {
        for row in group.rows {
          let nearest =
            group.rows.filter { texts[$0] != texts[row] }
            .map { referenceJaccard(texts[row], texts[$0], words: 3) }.max() ?? 0
          #expect(nearest >= 0.8, "seed \(seed), row \(row)")
        }
      }
    }
    #expect(pairs > 200)
    #expect(missed.count * 1000 <= pairs, "\(missed)")
  }

  @Test func caseAndPunctuationDoNotMatterButWordsDo() {
    let report = inspect([
      Example(prompt: "Please call me back, today after four.", completion: " a"),
      Example(prompt: "please CALL me back today after four", completion: " b"),
      Example(prompt: "nothing like the others at all here", completion: " a"),
    ])
    #expect(report.nearDuplicates == [NearDuplicateGroup(rows: [0, 1], similarity: 1, labelsDiffer: true)])
  }

  @Test func validationRowsThatTrainingKnowsAreNamed() {
    let words = (0..<40).map { "word\($0)" }
    let training = [words.joined(separator: " "), "something else entirely and more"]
    let changed = (words.dropLast() + ["changed"]).joined(separator: " ")
    let report = inspect(
      training.map { Example(prompt: $0, completion: " x") },
      validation: ["fresh text of its own", changed, training[1]].map { Example(prompt: $0, completion: " x") })
    #expect(report.leakage.map(\.validationRow) == [1, 2])
    #expect(report.leakage.map(\.trainingRow) == [0, 1])
    #expect(report.leakage[1].similarity == 1 && report.leakage[0].similarity == 37.0 / 39.0)
  }

  @Test func similarRowsCanBeKeptTogether() {
    let rows = ["a b c d e f", "x", "A B C D E F", "x", "y"].map { Example(prompt: $0, completion: " z") }
    #expect(similarRows(rows) == [[0, 2], [1, 3]])
  }

  /// Linear time: 100,000 rows of 20 words, a tenth of them copies with one word changed, and 20,000 that
  /// all share most of their words.
  @Test func aHundredThousandRowsTakeSeconds() {
    var seeded = Seeded(1)
    let count = runsEverything ? 100_000 : 10_000
    var examples: [Example] = []
    for row in 0..<count {
      var words = (0..<20).map { _ in "w\(seeded.number(0...5000))" }
      if row % 10 == 0, row > 0 {
        words = examples[row - 1].promptText.split(separator: " ").map(String.init)
        words[19] = "changed"
      }
      if row % 5 == 1 { words = (0..<40).map { "t\($0)" } + ["r\(row)"] }
      examples.append(Example(prompt: words.joined(separator: " "), completion: " x"))
    }
    let clock = ContinuousClock()
    var report: Inspection?
    let time = clock.measure { report = inspect(examples) }
    print("inspected \(count) rows in \(time)")
    #expect(report?.nearDuplicates.contains { $0.rows.count == count / 5 } ?? false)
    #expect((report?.nearDuplicates.count ?? 0) > count / 20)
    #expect(time < .seconds(60))
  }
}
