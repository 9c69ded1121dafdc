package import Foundation
internal import HoneFiles
internal import HoneKernels

/// A file that must be read anew, and what was found in it.
package struct FreshFile: Sendable {
  let file: SourceFile
  let hash: String
  let trigrams: [Trigram]
  let units: [CodeUnit]
  let wordCounts: [[UInt64: Int]]  // of each unit
  /// What a model of meaning is to read of each unit.
  package let meanings: [String]
}

/// A source tree beside an index of it: what stays as it is and what is new.
package struct CodeScan: Sendable {
  /// Files whose content the index has, under their number there.
  package private(set) var kept: [(file: SourceFile, number: Int)] = []
  package private(set) var fresh: [FreshFile] = []
  package private(set) var skipped: [(path: String, reason: SkipReason)]
  /// When the tree was looked at, in nanoseconds since 1970.
  let time: Int

  /// Files of the earlier index that are no more.
  package let removedCount: Int

  /// Walks a tree and reads what changed since `previous` was made, by size and time, then by content.
  ///
  /// - Throws: `CancellationError`; nothing for a file, which is skipped with its reason.
  package init(
    _ root: URL, since previous: CodeIndex?, onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    time = Int(Date().timeIntervalSince1970 * 1e9)
    let tree = SourceTree(root)
    skipped = tree.skipped
    let known = previous?.numbers ?? [:]
    let here = Set(tree.files.map(\.path))
    removedCount = known.keys.count { !here.contains($0) }
    var changed: [SourceFile] = []
    for file in tree.files {
      if let previous, let number = known[file.path], previous.isUnchanged(file, number) {
        kept.append((file, number))
      } else {
        changed.append(file)
      }
    }
    let portion = 256
    for start in stride(from: 0, to: changed.count, by: portion) {
      try Task.checkCancellation()
      let part = Array(changed[start..<min(start + portion, changed.count)])
      read(part, root, previous, known)
      onProgress(start + part.count, changed.count)
    }
    kept.sort { $0.number < $1.number }
    skipped.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private enum Outcome {
    case skipped(SkipReason)
    case kept(Int)
    case fresh(FreshFile)
  }

  private mutating func read(_ files: [SourceFile], _ root: URL, _ previous: CodeIndex?, _ known: [String: Int]) {
    let slices = min(files.count, 8)
    let outcomes = parallelMap(slices) { slice in
      var trigrams = TrigramSet()
      return stride(from: slice, to: files.count, by: slices).map { index in
        (index, Self.outcome(files[index], root, previous, known, &trigrams))
      }
    }.flatMap { $0 }.sorted { $0.0 < $1.0 }
    for (index, outcome) in outcomes {
      switch outcome {
      case .skipped(let reason): skipped.append((files[index].path, reason))
      case .kept(let number): kept.append((files[index], number))
      case .fresh(let file): fresh.append(file)
      }
    }
  }

  private static func outcome(
    _ file: SourceFile, _ root: URL, _ previous: CodeIndex?, _ known: [String: Int], _ trigrams: inout TrigramSet
  ) -> Outcome {
    guard let data = FileManager.default.contents(atPath: "\(root.path)/\(file.path)") else {
      return .skipped(.unreadable)
    }
    let text = [UInt8](data)
    if text.contains(0) { return .skipped(.binary) }
    let hash = sha256(of: text)
    if let previous, let number = known[file.path], previous.files[number].hash == hash { return .kept(number) }
    let units = codeUnits(of: text, language: SourceLanguage(path: file.path))
    return .fresh(
      FreshFile(
        file: file, hash: hash, trigrams: trigrams.distinct(in: text), units: units,
        wordCounts: units.map { $0.wordCounts(path: file.path) }, meanings: units.map { $0.meaning(path: file.path) }))
  }
}
