package import Foundation
internal import HoneKernels

/// A line that a pattern matches.
package struct LineHit: Sendable, Equatable {
  package let path: String
  /// From 1.
  package let line: Int
  /// The line's bytes without its end, as they are in the file.
  package let text: [UInt8]
}

/// What a search for a pattern went through.
package struct GrepCounts: Sendable, Equatable {
  package var lines = 0
  package var filesWithMatches = 0
  /// Files that were read; the others cannot match.
  package var filesRead = 0
  /// Files of the tree as it is now.
  package var filesInTree = 0
  /// Files that changed or came since the index was made: they are always read.
  package var filesNotIndexed = 0
  /// false where a limit ended the search before the last file.
  package var isComplete = true
}

extension CodeIndex {
  /// Finds the lines of the tree as it is now that a pattern matches, in the order of paths and lines.
  ///
  /// The trigrams narrow down only files that are unchanged since they were indexed; all others are read. So the
  /// answer is that of reading everything. Files with a zero byte are not searched.
  /// - Throws: `PatternError.tooHard`, `CodeIndexError.damaged`, `CancellationError`, and what `onHits` throws.
  package func grep(
    _ pattern: borrowing Pattern, narrowedBy query: TrigramNarrowing, in root: URL, path: PathPattern? = nil,
    limit: Int = .max, onHits: ([LineHit]) throws -> Void
  ) throws -> GrepCounts {
    let tree = SourceTree(root)
    let candidates = try query.query.candidates(in: trigrams).map(Set.init)
    let numbers = numbers
    var counts = GrepCounts(filesInTree: tree.files.count)
    var wanted: [String] = []
    for file in tree.files where path.map({ $0.matches(file: file.path) }) ?? true {
      if let number = numbers[file.path], isUnchanged(file, number) {
        if candidates.map({ $0.contains(number) }) ?? true { wanted.append(file.path) }
      } else {
        counts.filesNotIndexed += 1
        wanted.append(file.path)
      }
    }
    let portion = 64
    for start in stride(from: 0, to: wanted.count, by: portion) {
      try Task.checkCancellation()
      let part = Array(wanted[start..<min(start + portion, wanted.count)])
      let rest = limit - counts.lines
      guard rest > 0 else {
        counts.isComplete = false
        break
      }
      let found = Self.search(pattern, part, root, limit: rest == .max ? rest : rest + 1)
      let hits = try found.flatMap { try $0.get() }
      counts.filesRead += part.count
      counts.filesWithMatches += try found.count { try !$0.get().isEmpty }
      counts.lines += min(hits.count, rest)
      if hits.count > rest { counts.isComplete = false }
      try onHits(Array(hits.prefix(rest)))
    }
    return counts
  }

  private static func search(
    _ pattern: borrowing Pattern, _ paths: [String], _ root: URL, limit: Int
  ) -> [Result<[LineHit], PatternError>] {
    parallelMap(paths.count) { index in
      Result { () throws(PatternError) in
        guard let data = FileManager.default.contents(atPath: "\(root.path)/\(paths[index])") else { return [] }
        let text = [UInt8](data)
        if text.contains(0) { return [] }
        return try pattern.matchingLines(in: text, file: paths[index], limit: limit).map {
          LineHit(path: paths[index], line: $0.number, text: Array(text[$0.range]))
        }
      }
    }
  }
}

/// What a pattern says of the files in which it can match.
package struct TrigramNarrowing: Sendable {
  let query: TrigramQuery

  package init(pattern: String, ignoresCase: Bool) {
    query = TrigramQuery(pattern: pattern, ignoresCase: ignoresCase)
  }

  /// Whether it tells any file from another.
  package var narrows: Bool { query != .any }
}
