/// A report on rows before training: what is uneven, repeated, contradictory, leaking, too long or damaged.
///
/// All row numbers count from 0 in the list they belong to. Nothing is changed.
package struct Inspection: Sendable, Codable, Equatable {
  package var rows: Int
  package var validationRows: Int
  package var task: TaskKind
  /// Classes of the training rows, the most frequent first; nil unless the task is classification.
  package var classes: [ClassCount]?
  /// Classes that occur in the validation rows only.
  package var unseenClasses: [String]
  package var conflicts: [LabelConflict]
  /// Groups of rows with the same prompt and completion.
  package var duplicates: [[Int]]
  package var nearDuplicates: [NearDuplicateGroup]
  package var leakage: [LeakedRow]
  /// Classes that begin with the same token; nil without a tokenizer.
  package var collisions: [LabelCollision]?
  package var lengths: TokenLengths?
  package var damage: [DamagedText]
  package var estimate: TrainingEstimate?
}

/// One prompt with different completions.
package struct LabelConflict: Sendable, Codable, Equatable {
  package var rows: [Int]
  /// The completions of these rows, most frequent first.
  package var labels: [ClassCount]
}

/// Rows whose texts differ but say nearly the same.
package struct NearDuplicateGroup: Sendable, Codable, Equatable {
  package var rows: [Int]
  /// The lowest similarity by which a row was joined to the group.
  package var similarity: Double
  /// Whether the rows have different completions.
  package var labelsDiffer: Bool

  package init(rows: [Int], similarity: Double, labelsDiffer: Bool) {
    self.rows = rows
    self.similarity = similarity
    self.labelsDiffer = labelsDiffer
  }
}

/// A validation row whose text also stands among the training rows, exactly (1) or nearly.
package struct LeakedRow: Sendable, Codable, Equatable {
  package var validationRow: Int
  package var trainingRow: Int
  package var similarity: Double
}

/// A text with signs of a wrong encoding.
package struct DamagedText: Sendable, Codable, Equatable {
  package var row: Int
  package var isValidation: Bool
  package var column: Column
  package var kinds: [EncodingDamage]
}

/// What to look for, and how strictly.
package struct InspectionOptions: Sendable {
  /// Jaccard similarity from which two texts count as near duplicates.
  package var similarity = 0.8
  /// Words in a row that are compared as one.
  package var shingleWords = 3
  package var contextLength = 1024
  package var epochs = 4
  package var batchSize: Int?
  package var cost: TrainingCost?

  package init() {}
}

/// Looks through training rows, and validation rows beside them.
///
/// Without `encode` the parts that need tokens stay nil; without `options.cost` so does the estimate.
package func inspect(
  _ training: [Example], validation: [Example] = [], options: InspectionOptions = InspectionOptions(),
  encode: Encode? = nil
) -> Inspection {
  let task = TaskKind(of: training)
  let isClassification = task == .classification
  let repeats = Repeats(training, validation, readsCompletions: task == .openEnded, options)
  let counts = encode.map { TokenCounts(training, $0) }
  return Inspection(
    rows: training.count, validationRows: validation.count, task: task,
    classes: isClassification ? ClassCount.counts(of: training) : nil,
    unseenClasses: isClassification ? unseenClasses(training, validation) : [],
    conflicts: task == .openEnded ? [] : conflicts(training), duplicates: groups(of: training) { $0 },
    nearDuplicates: repeats.nearDuplicates, leakage: repeats.leakage,
    collisions: isClassification ? encode.map { LabelSet(training, encode: $0).collisions } : nil,
    lengths: counts.map {
      TokenLengths(prompts: $0.prompts, completions: $0.completions, contextLength: options.contextLength)
    },
    damage: damage(training, isValidation: false) + damage(validation, isValidation: true),
    estimate: counts.flatMap { estimate($0, options) })
}

/// Tokens of each row's prompt and completion.
private struct TokenCounts {
  var prompts: [Int]
  var completions: [Int]

  init(_ examples: [Example], _ encode: Encode) {
    prompts = encodeInPieces(examples.map(\.promptText), encode).map(\.count)
    completions = encodeInPieces(examples.map(\.completionText), encode).map(\.count)
  }
}

private func estimate(_ counts: TokenCounts, _ options: InspectionOptions) -> TrainingEstimate? {
  guard let cost = options.cost else { return nil }
  let lengths = zip(counts.prompts, counts.completions).map { min($0 + $1, options.contextLength) }
  return TrainingEstimate(lengths: lengths, epochs: options.epochs, batchSize: options.batchSize, cost: cost)
}

/// Rows to keep on one side of a split: those with the same text, and near duplicates.
package func similarRows(_ examples: [Example], options: InspectionOptions = InspectionOptions()) -> [[Int]] {
  Repeats(examples, [], readsCompletions: TaskKind(of: examples) == .openEnded, options).together
}

/// Groups of two or more rows that agree in a key, in order of their first row.
private func groups<Key: Hashable>(of examples: [Example], by key: (Example) -> Key) -> [[Int]] {
  Dictionary(grouping: examples.indices) { key(examples[$0]) }.values
    .filter { $0.count > 1 }
    .sorted { $0[0] < $1[0] }
}

private func conflicts(_ examples: [Example]) -> [LabelConflict] {
  groups(of: examples, by: \.prompt).compactMap { rows in
    let labels = ClassCount.counts(of: rows.map { examples[$0] })
    return labels.count > 1 ? LabelConflict(rows: rows, labels: labels) : nil
  }
}

private func unseenClasses(_ training: [Example], _ validation: [Example]) -> [String] {
  let known = Set(training.map(\.completion))
  return ClassCount.counts(of: validation.filter { !known.contains($0.completion) }).map(\.label)
}

private func damage(_ examples: [Example], isValidation: Bool) -> [DamagedText] {
  var found: [DamagedText] = []
  for (row, example) in examples.enumerated() {
    for column in Column.allCases {
      let kinds = EncodingDamage.found(in: example[column])
      guard !kinds.isEmpty else { continue }
      found.append(DamagedText(row: row, isValidation: isValidation, column: column, kinds: kinds))
    }
  }
  return found
}
