package import Foundation

/// An index of the code under a folder: its files, the functions in them, trigrams for patterns, words and vectors for
/// questions. Everything in it follows from the tree, so a damaged one is made again. It knows no embeddings model.
package struct CodeIndex: Sendable {
  /// What an index says of itself.
  package struct About: Sendable, Equatable {
    /// The folder that was indexed.
    package var root: String
    /// The model of the vectors, its fingerprint, and numbers of a vector.
    package var model: String
    package var fingerprint: String
    package var dimensions: Int

    package init(root: String, model: String, fingerprint: String, dimensions: Int) {
      (self.root, self.model, self.fingerprint, self.dimensions) = (root, model, fingerprint, dimensions)
    }
  }

  package struct File: Sendable, Equatable {
    package let path: String
    package let bytes: Int
    let changed: Int
    let hash: String
    package let units: Range<Int>
  }

  package struct Unit: Sendable, Equatable {
    package let file: Int
    package let kind: CodeUnit.Kind
    package let name: String
    package let container: String
    package let signature: String
    /// The doc comment's first line.
    package let summary: String
    package let lines: ClosedRange<Int>
    let wordCount: Int
  }

  package let about: About
  package let files: [File]
  package let units: [Unit]
  /// When the tree was looked at, in nanoseconds since 1970.
  package let time: Int
  /// Numbers of files by trigram, and of units by word with its weight there.
  package let trigrams: PostingLists
  package let words: PostingLists
  package let content: SectionFile

  /// The number of each file, by path.
  var numbers: [String: Int] {
    Dictionary(files.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Bytes of the index on disk.
  package var byteCount: Int { content.byteCount }

  package var trigramCount: Int { trigrams.keyCount }

  /// Maps an index and reads its tables; lists and vectors are read, and checked, when they are asked for.
  package init(contentsOf url: URL) throws(CodeIndexError) { try self.init(SectionFile(contentsOf: url)) }

  package init(bytes: Data, name: String) throws(CodeIndexError) { try self.init(SectionFile(bytes, name: name)) }

  private init(_ content: SectionFile) throws(CodeIndexError) {
    self.content = content
    (about, time) = try Self.readAbout(content)
    files = try Self.readFiles(content)
    units = try Self.readUnits(content, files: files)
    trigrams = PostingLists(
      file: content, table: .trigrams, lists: .trigramLists, weighted: false, limit: files.count)
    words = PostingLists(file: content, table: .words, lists: .wordLists, weighted: true, limit: units.count)
    let (expected, overflow) = units.count.multipliedReportingOverflow(by: about.dimensions * 4)
    guard !overflow, content.count(of: .vectors) == expected else {
      throw .damaged(file: content.name, part: IndexSection.vectors.name)
    }
  }

  /// Whether a file is surely what the index knows: the same size and time, and not so young that a change within the
  /// clock's step could hide.
  func isUnchanged(_ file: SourceFile, _ number: Int) -> Bool {
    files[number].bytes == file.bytes && files[number].changed == file.changed
      && file.changed < time - 2_000_000_000
  }

  private static func reader(_ content: SectionFile, _ section: IndexSection) throws(CodeIndexError) -> ByteReader {
    ByteReader(try content.bytes(of: section), file: content.name, part: section.name)
  }

  private static func readAbout(_ content: SectionFile) throws(CodeIndexError) -> (About, Int) {
    var reader = try reader(content, .about)
    let about = About(
      root: try reader.text(), model: try reader.text(), fingerprint: try reader.text(),
      dimensions: try reader.number(below: 1 << 20))
    return (about, try reader.number())
  }

  private static func readFiles(_ content: SectionFile) throws(CodeIndexError) -> [File] {
    var reader = try reader(content, .files)
    var unit = 0
    var files: [File] = []
    for _ in 0..<(try reader.count(size: 5)) {
      let (path, hash) = (try reader.text(), try reader.text())
      let (bytes, changed) = (try reader.number(), try reader.number())
      let count = try reader.number(below: 1 << 40)
      files.append(File(path: path, bytes: bytes, changed: changed, hash: hash, units: unit..<unit + count))
      unit += count
    }
    return files
  }

  private static func readUnits(_ content: SectionFile, files: [File]) throws(CodeIndexError) -> [Unit] {
    var reader = try reader(content, .functions)
    let count = try reader.count(size: 8)
    guard count == files.last?.units.upperBound ?? 0 else { throw reader.damage }
    var units: [Unit] = []
    for (number, file) in files.enumerated() {
      for _ in file.units {
        let kind = CodeUnit.Kind.allCases[try reader.number(below: CodeUnit.Kind.allCases.count)]
        let (name, container) = (try reader.text(), try reader.text())
        let (signature, summary) = (try reader.text(), try reader.text())
        let (first, more) = (try reader.number(below: 1 << 40), try reader.number(below: 1 << 40))
        units.append(
          Unit(
            file: number, kind: kind, name: name, container: container, signature: signature, summary: summary,
            lines: first...first + more, wordCount: try reader.number(below: 1 << 40)))
      }
    }
    return units
  }
}

extension CodeIndex {
  /// Whether a file of the index is still, on disk, what was indexed: by its size and time.
  package func isCurrent(_ file: File) -> Bool {
    guard let status = FileStatus(URL(fileURLWithPath: about.root).appendingPathComponent(file.path).path) else {
      return false
    }
    return status.kind == .file && status.bytes == file.bytes && status.changed == file.changed
  }
}
