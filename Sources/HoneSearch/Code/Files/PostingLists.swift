/// Under each key the rising numbers of the things that have it, and optionally a weight for each.
///
///     table   n × (key: 8 bytes, start of its list: 8), rising keys; one more with the key 2⁶⁴ − 1 ends the last list
///     lists   varints: number − the one before − 1 (the first: the number itself), and the weight where there are any
package struct PostingBuilder {
  private struct List {
    var bytes: [UInt8] = []
    var next = 0

    mutating func append(_ number: Int, weight: Int?) {
      precondition(number >= next, "a list that falls: \(number) after \(next)")
      appendVarint(UInt64(number - next), to: &bytes)
      if let weight { appendVarint(UInt64(weight), to: &bytes) }
      next = number + 1
    }
  }

  private var lists: [UInt64: List] = [:]
  let weighted: Bool

  package init(weighted: Bool) { self.weighted = weighted }

  /// Adds one number under a key; numbers of a key must rise.
  package mutating func add(_ key: UInt64, _ number: Int, weight: Int = 0) {
    lists[key, default: List()].append(number, weight: weighted ? weight : nil)
  }

  /// The two sections of a file.
  package func encoded() -> (table: [UInt8], lists: [UInt8]) {
    var (table, bytes): ([UInt8], [UInt8]) = ([], [])
    for key in lists.keys.sorted() {
      table += littleEndian(key) + littleEndian(UInt64(bytes.count))
      bytes += lists[key]?.bytes ?? []
    }
    table += littleEndian(UInt64.max) + littleEndian(UInt64(bytes.count))
    return (table, bytes)
  }
}

/// The lists of an index file, read where they lie.
package struct PostingLists: Sendable {
  let file: SectionFile
  let table: IndexSection
  let lists: IndexSection
  let weighted: Bool
  /// Numbers are below this.
  let limit: Int

  private static let recordBytes = 16

  package init(file: SectionFile, table: IndexSection, lists: IndexSection, weighted: Bool, limit: Int) {
    (self.file, self.table, self.lists, self.weighted, self.limit) = (file, table, lists, weighted, limit)
  }

  package var keyCount: Int { max(0, file.count(of: table) / Self.recordBytes - 1) }

  /// The numbers under a key, rising; none for an unknown key.
  package func numbers(of key: UInt64) throws(CodeIndexError) -> [Int] { try entries(of: key).map(\.number) }

  package func entries(of key: UInt64) throws(CodeIndexError) -> [(number: Int, weight: Int)] {
    var (low, high) = (0, keyCount)
    while low < high {
      let middle = (low + high) / 2
      if try record(middle).key < key { low = middle + 1 } else { high = middle }
    }
    guard low < keyCount, try record(low).key == key else { return [] }
    return try list(low)
  }

  /// Every key with its list, in the order of the keys.
  package func forEach(_ body: (UInt64, [(number: Int, weight: Int)]) -> Void) throws(CodeIndexError) {
    let records = try file.bytes(of: table)
    let bytes = try file.bytes(of: lists)
    for index in 0..<keyCount {
      let place = index * Self.recordBytes
      guard index == 0 || word(records, place - Self.recordBytes) < word(records, place) else { throw damage }
      let (start, end) = (word(records, place + 8), word(records, place + Self.recordBytes + 8))
      guard start <= end, end <= UInt64(bytes.count) else { throw damage }
      body(word(records, place), try decode(Array(bytes[Int(start)..<Int(end)])))
    }
  }

  private var damage: CodeIndexError { .damaged(file: file.name, part: lists.name) }

  private func record(_ index: Int) throws(CodeIndexError) -> (key: UInt64, start: UInt64) {
    let bytes = try file.bytes(of: table, index * Self.recordBytes..<(index + 1) * Self.recordBytes)
    return (word(bytes, 0), word(bytes, 8))
  }

  private func word(_ bytes: [UInt8], _ place: Int) -> UInt64 {
    (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[place + $1]) }
  }

  private func list(_ index: Int) throws(CodeIndexError) -> [(number: Int, weight: Int)] {
    let (start, end) = (try record(index).start, try record(index + 1).start)
    guard start <= end, end <= UInt64(file.count(of: lists)) else { throw damage }
    return try decode(try file.bytes(of: lists, Int(start)..<Int(end)))
  }

  private func decode(_ bytes: [UInt8]) throws(CodeIndexError) -> [(number: Int, weight: Int)] {
    var reader = ByteReader(bytes, file: file.name, part: lists.name)
    var result: [(number: Int, weight: Int)] = []
    var next = 0
    while !reader.isAtEnd {
      let step = try reader.number(below: limit)
      guard next + step < limit else { throw damage }
      result.append((next + step, weighted ? try reader.number(below: 1 << 32) : 0))
      next += step + 1
    }
    return result
  }
}
