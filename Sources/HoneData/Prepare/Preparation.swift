/// What `prepare` found, did and proposes.
package struct Preparation: Sendable {
  package enum Outcome: String, Sendable, Codable {
    /// `files` are to be written.
    case write
    /// Nothing to change: the given file can be used.
    case useAsIs
    /// The last question was answered with no.
    case declined
  }

  package var outcome: Outcome
  package var findings: [PrepareFinding]
  /// Every remedy in order, with whether it was applied.
  package var actions: [PrepareAction]
  /// The rows as they are now.
  package var examples: [Example]
  /// The number in the file, from 0, of each of `examples`.
  package var sourceRows: [Int]
  /// The rows left out, numbered as in the file.
  package var removed: [RemovedRow]
  package var task: TaskKind
  /// Positions in `examples` of the training and validation rows, when split.
  package var split: RowSplit?
  /// What to write; empty unless `outcome` is `write`.
  package var files: [PreparedFile]
  /// The shared endings of the prompts and of the completions, empty where there is none.
  package var separator: String
  package var ending: String
  /// Distinct completions, the most frequent first; only for classification.
  package var classes: [ClassCount]
  /// The command that trains on the result, in Hone's form and in the older command line's.
  package var command: String
  package var legacyCommand: String
  /// The older service's own estimate of the time to train.
  package var estimate: TimeEstimate
}

/// A file that `prepare` made: its path and its bytes.
package struct PreparedFile: Sendable, Equatable {
  package var name: String
  package var contents: [UInt8]
}

/// A completion with the number of rows that have it.
package struct ClassCount: Sendable, Codable, Equatable {
  package var label: String
  package var count: Int

  package init(label: String, count: Int) {
    self.label = label
    self.count = count
  }
}

extension ClassCount {
  /// Distinct completions, most frequent first; equal counts in order of first appearance.
  static func counts(of examples: [Example]) -> [ClassCount] {
    var order: [[UInt8]] = []
    var counts: [[UInt8]: Int] = [:]
    for example in examples {
      let seen = counts[example.completion]
      if seen == nil { order.append(example.completion) }
      counts[example.completion] = (seen ?? 0) + 1
    }
    let ranked = order.enumerated().sorted {
      let (first, second) = (counts[$0.element] ?? 0, counts[$1.element] ?? 0)
      return first != second ? first > second : $0.offset < $1.offset
    }
    return ranked.map {
      ClassCount(label: String(decoding: $0.element, as: UTF8.self), count: counts[$0.element] ?? 0)
    }
  }
}

/// Seconds of training, with the words in which to tell them.
package struct TimeEstimate: Sendable, Equatable {
  package var seconds: Double

  /// Seconds, minutes, hours or days, to two places.
  package var text: String {
    switch seconds {
    case ..<60: "\(places(seconds)) seconds"
    case ..<3600: "\(places(seconds / 60)) minutes"
    case ..<86_400: "\(places(seconds / 3600)) hours"
    default: "\(places(seconds / 86_400)) days"
    }
  }

  private func places(_ value: Double) -> Double { (value * 100).rounded(.toNearestOrEven) / 100 }
}

extension TimeEstimate {
  /// The estimate that the older tool gave: 140 s and 1.44 s a row for classification, otherwise 140 s and
  /// 0.0515 s for each byte of its table.
  ///
  /// That table has two references of 8 bytes a row and an index of 132 bytes; once rows were taken out the
  /// index has 8 bytes a row and a hash table of the row numbers.
  init(task: TaskKind, rows: Int, rangeIndex: Bool) {
    let index = rangeIndex ? 132 : 8 * rows + hashTableBytes(rows)
    seconds = task == .classification ? Double(rows) * 1.44 + 140 : Double(16 * rows + index) * 0.0515 + 140
  }
}

/// Size of a table of `count` 8-byte keys and values that is at most 77 % full, with a bit pair a bucket.
private func hashTableBytes(_ count: Int) -> Int {
  var buckets = 4
  while Int(Double(buckets) * 0.77 + 0.5) < count { buckets *= 2 }
  return 40 + 16 * buckets + 4 * max(1, buckets / 32)
}
