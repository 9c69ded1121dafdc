/// Texts that occur more than once, exactly or nearly, within the training rows and across to validation.
///
/// The text of a row is its prompt, or its completion where all prompts are empty.
struct Repeats {
  private(set) var nearDuplicates: [NearDuplicateGroup] = []
  private(set) var leakage: [LeakedRow] = []
  /// Training rows that share or nearly share their text, near groups joined.
  private(set) var together: [[Int]] = []

  init(_ training: [Example], _ validation: [Example], readsCompletions: Bool, _ options: InspectionOptions) {
    let column: Column = readsCompletions ? .completion : .prompt
    var texts: [[UInt8]] = []
    var trainingRows: [[Int]] = []
    var positions: [[UInt8]: Int] = [:]
    func position(of text: [UInt8]) -> Int {
      if let known = positions[text] { return known }
      positions[text] = texts.count
      texts.append(text)
      trainingRows.append([])
      return texts.count - 1
    }
    for (row, example) in training.enumerated() { trainingRows[position(of: example[column])].append(row) }
    let validationTexts = validation.map { position(of: $0[column]) }
    var near = NearDuplicates(texts, threshold: options.similarity, shingleWords: options.shingleWords)
    let groups = near.groups()

    nearDuplicates = groups.compactMap { group in
      let known = group.members.filter { !trainingRows[$0].isEmpty }
      guard known.count > 1 else { return nil }
      let rows = known.flatMap { trainingRows[$0] }.sorted()
      let labels = Set(rows.map { training[$0].completion })
      return NearDuplicateGroup(
        rows: rows, similarity: group.similarity, labelsDiffer: !readsCompletions && labels.count > 1)
    }
    .sorted { $0.rows[0] < $1.rows[0] }
    together = Self.together(trainingRows, groups.map(\.members))
    leakage = Self.leakage(validationTexts, trainingRows, groups.map(\.members), near.shingles, options.similarity)
  }

  private static func together(_ trainingRows: [[Int]], _ groups: [[Int]]) -> [[Int]] {
    let grouped = Set(groups.joined())
    let near = groups.map { $0.flatMap { trainingRows[$0] }.sorted() }
    let exact = trainingRows.indices.filter { !grouped.contains($0) }.map { trainingRows[$0] }
    return (near + exact).filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// For each validation text that training also has: the training row that is most like it.
  private static func leakage(
    _ validationTexts: [Int], _ trainingRows: [[Int]], _ groups: [[Int]], _ shingles: Shingles, _ threshold: Double
  ) -> [LeakedRow] {
    var groupOf: [Int: Int] = [:]
    for (number, members) in groups.enumerated() {
      for member in members { groupOf[member] = number }
    }
    return validationTexts.enumerated().compactMap { row, text in
      if let twin = trainingRows[text].first {
        return LeakedRow(validationRow: row, trainingRow: twin, similarity: 1)
      }
      guard let group = groupOf[text] else { return nil }
      let candidates = groups[group].lazy.filter { !trainingRows[$0].isEmpty }.prefix(64)
      let best = candidates.map { (text: $0, similarity: shingles.jaccard(text, $0)) }
        .max { $0.similarity < $1.similarity }
      guard let best, best.similarity >= threshold, let twin = trainingRows[best.text].first else { return nil }
      return LeakedRow(validationRow: row, trainingRow: twin, similarity: best.similarity)
    }
  }
}
