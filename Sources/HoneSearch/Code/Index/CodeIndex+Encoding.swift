package import Foundation

extension CodeIndex {
  /// Why there is no previous index to take unchanged files from, or what was taken.
  private enum Origin {
    case kept(Int)
    case fresh(Int)
  }

  /// The bytes of an index of a scanned tree.
  ///
  /// Shapes: vectors (units of the fresh files in their order, dimensions). `previous` is the index the scan was made
  /// against; its lists and vectors are taken over for what was kept.
  /// - Throws: `CodeIndexError.damaged` for those of the previous index.
  package static func encode(
    _ scan: CodeScan, about: About, vectors: [Float], since previous: CodeIndex?
  ) throws(CodeIndexError) -> Data {
    let freshUnits = scan.fresh.reduce(0) { $0 + $1.units.count }
    precondition(vectors.count == freshUnits * about.dimensions, "\(vectors.count) numbers for \(freshUnits) units")
    let order = (scan.kept.indices.map { Origin.kept($0) } + scan.fresh.indices.map { Origin.fresh($0) }).sorted {
      path($0, scan).utf8.lexicographicallyPrecedes(path($1, scan).utf8)
    }
    var tables = IndexTables(scan: scan, previous: previous, dimensions: about.dimensions)
    for origin in order {
      switch origin {
      case .kept(let index): tables.addKept(scan.kept[index])
      case .fresh(let index): tables.addFresh(index)
      }
    }
    return try tables.encoded(about: about, freshVectors: vectors)
  }

  private static func path(_ origin: Origin, _ scan: CodeScan) -> String {
    switch origin {
    case .kept(let index): scan.kept[index].file.path
    case .fresh(let index): scan.fresh[index].file.path
    }
  }
}

/// The tables of a new index, filled file by file in the order of the paths.
private struct IndexTables {
  let scan: CodeScan
  let previous: CodeIndex?
  let dimensions: Int
  private var files = ByteWriter()
  private var units = ByteWriter()
  private var (fileCount, unitCount) = (0, 0)
  private var newFile: [Int: Int] = [:]  // number in the previous index: number here
  private var newUnit: [Int: Int] = [:]
  private var trigrams: [UInt64: [(number: Int, weight: Int)]] = [:]
  private var words: [UInt64: [(number: Int, weight: Int)]] = [:]
  private var freshRows: [Int] = []  // the first unit here of each fresh file
  private let freshStarts: [Int]  // the first row of each fresh file's vectors

  init(scan: CodeScan, previous: CodeIndex?, dimensions: Int) {
    self.scan = scan
    self.previous = previous
    self.dimensions = dimensions
    var start = 0
    freshStarts = scan.fresh.map { file in
      defer { start += file.units.count }
      return start
    }
    freshRows = [Int](repeating: 0, count: scan.fresh.count)
  }

  private mutating func addFile(_ file: SourceFile, hash: String, units: Int) {
    files.text(file.path)
    files.text(hash)
    files.number(file.bytes)
    files.number(max(0, file.changed))
    files.number(units)
    fileCount += 1
  }

  private mutating func addUnit(_ unit: CodeIndex.Unit) {
    units.number(CodeUnit.Kind.allCases.firstIndex(of: unit.kind) ?? 0)
    for text in [unit.name, unit.container, unit.signature, unit.summary] { units.text(text) }
    units.number(unit.lines.lowerBound)
    units.number(unit.lines.count - 1)
    units.number(unit.wordCount)
    unitCount += 1
  }

  mutating func addKept(_ kept: (file: SourceFile, number: Int)) {
    guard let previous else { return }
    let old = previous.files[kept.number]
    newFile[kept.number] = fileCount
    for number in old.units {
      newUnit[number] = unitCount
      addUnit(previous.units[number])
    }
    addFile(kept.file, hash: old.hash, units: old.units.count)
  }

  mutating func addFresh(_ index: Int) {
    let fresh = scan.fresh[index]
    for trigram in fresh.trigrams { trigrams[UInt64(trigram), default: []].append((fileCount, 0)) }
    freshRows[index] = unitCount
    for (unit, counts) in zip(fresh.units, fresh.wordCounts) {
      for (key, count) in counts { words[key, default: []].append((unitCount, count)) }
      addUnit(
        CodeIndex.Unit(
          file: fileCount, kind: unit.kind, name: unit.name, container: unit.container, signature: unit.signature,
          summary: String(unit.doc.split(whereSeparator: \.isNewline).first?.prefix(200) ?? ""), lines: unit.lines,
          wordCount: counts.values.reduce(0, +)))
    }
    addFile(fresh.file, hash: fresh.hash, units: fresh.units.count)
  }

  func encoded(about: CodeIndex.About, freshVectors: [Float]) throws(CodeIndexError) -> Data {
    var aboutBytes = ByteWriter()
    for text in [about.root, about.model, about.fingerprint] { aboutBytes.text(text) }
    aboutBytes.number(about.dimensions)
    aboutBytes.number(scan.time)
    let trigramLists = try merged(trigrams, with: previous?.trigrams, newFile, weighted: false)
    let wordLists = try merged(words, with: previous?.words, newUnit, weighted: true)
    return SectionFile.encode([
      (.about, aboutBytes.bytes), (.files, counted(fileCount, files)), (.functions, counted(unitCount, units)),
      (.trigrams, trigramLists.table), (.trigramLists, trigramLists.lists),
      (.words, wordLists.table), (.wordLists, wordLists.lists), (.vectors, try vectorBytes(freshVectors)),
    ])
  }

  private func counted(_ count: Int, _ table: ByteWriter) -> [UInt8] {
    var bytes: [UInt8] = []
    appendVarint(UInt64(count), to: &bytes)
    return bytes + table.bytes
  }

  /// Fresh lists and those of the previous index under their new numbers, which keep their order.
  private func merged(
    _ fresh: [UInt64: [(number: Int, weight: Int)]], with old: PostingLists?, _ numbers: [Int: Int], weighted: Bool
  ) throws(CodeIndexError) -> (table: [UInt8], lists: [UInt8]) {
    var lists = fresh
    try old?.forEach { key, list in
      let moved = list.compactMap { entry in numbers[entry.number].map { (number: $0, weight: entry.weight) } }
      if !moved.isEmpty { lists[key, default: []] += moved }
    }
    var builder = PostingBuilder(weighted: weighted)
    for (key, list) in lists {
      for entry in list.sorted(by: { $0.number < $1.number }) {
        builder.add(key, entry.number, weight: entry.weight)
      }
    }
    return builder.encoded()
  }

  private func vectorBytes(_ fresh: [Float]) throws(CodeIndexError) -> [UInt8] {
    var rows = [Float](repeating: 0, count: unitCount * dimensions)
    for (index, file) in scan.fresh.enumerated() {
      let count = file.units.count * dimensions
      let (from, to) = (freshStarts[index] * dimensions, freshRows[index] * dimensions)
      rows.replaceSubrange(to..<to + count, with: fresh[from..<from + count])
    }
    if let previous {
      let old = try previous.vectors()
      for (number, row) in newUnit {
        let from = number * dimensions
        rows.replaceSubrange(row * dimensions..<(row + 1) * dimensions, with: old[from..<from + dimensions])
      }
    }
    return rows.flatMap { littleEndian($0.bitPattern) }
  }
}
