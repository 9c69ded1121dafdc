internal import Foundation
internal import HoneSearch

extension Home {
  /// The functions and types that answer a question about code, the best first.
  ///
  /// `index`: its name; nil: the one of the folder one is in, or the only one. `path`: a pattern in the manner of
  /// `.gitignore`. `tell` hears of a damaged index that was made again.
  /// - Throws: `HoneError` for an empty question, a limit below 1 and an unknown index.
  public func searchCode(
    _ question: String, index name: String? = nil, mode: CodeSearchMode = .fused, limit: Int = 10,
    path: String? = nil, tell: (String) -> Void = { _ in }
  ) throws -> [CodeHit] {
    guard !question.allSatisfy(\.isWhitespace) else {
      throw HoneError("question: expected words, found none", remedy: "ask for something", parameter: "question")
    }
    try checkLimit(limit)
    return try withCodeIndex(name, tell: tell) { _, index in
      let hits = try rank(question, in: index, mode, limit: limit, path: path.map { PathPattern($0) })
      return hits.map { codeHit($0, in: index) }
    }
  }

  /// Hits that each way of searching brings to the fusion.
  private static let fusedHits = 100

  private func rank(
    _ question: String, in index: CodeIndex, _ mode: CodeSearchMode, limit: Int, path: PathPattern?
  ) throws -> [UnitHit] {
    let files = index.files.map { file in path.map { $0.matches(file: file.path) } ?? true }
    func admits(_ unit: Int) -> Bool { files[index.units[unit].file] }
    let depth = mode == .fused ? max(limit, Self.fusedHits) : limit
    let byWords = mode == .meaning ? [] : try index.saying(question, limit: depth, admits: admits)
    if mode == .words { return byWords }
    let embedder = try embedder(index.about.model, caches: false)
    guard embedder.model.fingerprint == index.about.fingerprint else {
      throw HoneError(
        "index: expected vectors of \(index.about.model) as it is now, found those of another",
        remedy: "bring the index up to date with `hone code index \(index.about.root)`", parameter: "index")
    }
    let query = try embedder.embed([.text(question)], EmbeddingOptions(task: "query"))
    let byMeaning = try index.nearest(to: Array(query[0]), limit: depth, admits: admits)
    return mode == .meaning ? byMeaning : fusedByRank([byWords, byMeaning], limit: limit)
  }

  private func codeHit(_ hit: UnitHit, in index: CodeIndex) -> CodeHit {
    let unit = index.units[hit.unit]
    let file = index.files[unit.file]
    return CodeHit(
      path: file.path, firstLine: unit.lines.lowerBound, lastLine: unit.lines.upperBound, kind: unit.kind.rawValue,
      name: unit.container.isEmpty ? unit.name : "\(unit.container).\(unit.name)", signature: unit.signature,
      summary: unit.summary, score: hit.score, changed: !index.isCurrent(file))
  }

  /// The lines of the indexed folder, as it is now, that a regular expression in PCRE's syntax matches.
  ///
  /// Lines come in the order of paths, some files at a time. `path`: a pattern in the manner of `.gitignore`.
  /// - Throws: `HoneError` for a pattern that is wrong or takes too many steps, a limit below 1, an unknown index;
  ///   what `onLines` throws.
  public func grepCode(
    _ pattern: String, index name: String? = nil, ignoresCase: Bool = false, path: String? = nil, limit: Int? = nil,
    tell: (String) -> Void = { _ in }, onLines: ([CodeLine]) throws -> Void
  ) throws -> CodeGrepReport {
    if let limit { try checkLimit(limit) }
    do {
      let compiled = try Pattern(pattern, ignoresCase: ignoresCase)
      let narrowing = TrigramNarrowing(pattern: pattern, ignoresCase: ignoresCase)
      return try withCodeIndex(name, tell: tell) { name, index in
        let counts = try index.grep(
          compiled, narrowedBy: narrowing, in: URL(fileURLWithPath: index.about.root, isDirectory: true),
          path: path.map { PathPattern($0) }, limit: limit ?? .max
        ) { hits in
          if !hits.isEmpty { try onLines(hits.map { CodeLine(path: $0.path, line: $0.line, bytes: $0.text) }) }
        }
        return CodeGrepReport(
          index: name, root: index.about.root, lines: counts.lines, filesWithMatches: counts.filesWithMatches,
          filesRead: counts.filesRead, filesInTree: counts.filesInTree, filesNotIndexed: counts.filesNotIndexed,
          narrowed: narrowing.narrows, complete: counts.isComplete)
      }
    } catch let error as PatternError {
      let parts = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
      throw HoneError(parts[0], remedy: parts.count > 1 ? parts[1] : "mend it", parameter: "pattern")
    }
  }

  private func checkLimit(_ limit: Int) throws {
    guard limit >= 1 else {
      throw HoneError("limit: expected 1 or more, found \(limit)", remedy: "ask for more", parameter: "limit")
    }
  }
}
