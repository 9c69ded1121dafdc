internal import Foundation
internal import HoneKernels

extension VectorIndex {
  /// Adds rows; all of them or, on an error, none.
  ///
  /// Shapes: vectors (rows, dimensions). Complexity: O(rows · lists · dimensions).
  package mutating func insert(_ vectors: [Float], rows: [UInt32]) throws(VectorError) {
    try change(vectors, rows: rows, replaces: false)
  }

  /// Adds rows; those that are there already get new vectors.
  package mutating func upsert(_ vectors: [Float], rows: [UInt32]) throws(VectorError) {
    try change(vectors, rows: rows, replaces: true)
  }

  /// Gives rows that are there new vectors.
  package mutating func update(_ vectors: [Float], rows: [UInt32]) throws(VectorError) {
    knowPlaces()
    for row in rows where places?[row] == nil { throw .noRow(row) }
    try change(vectors, rows: rows, replaces: true)
  }

  /// Takes rows out; all of them or, on an error, none.
  package mutating func remove(rows: [UInt32]) throws(VectorError) {
    knowPlaces()
    for row in rows where places?[row] == nil { throw .noRow(row) }
    for row in rows {
      if let place = places?.removeValue(forKey: row) { table.remove(place: Int(place)) }
    }
  }

  /// Whether a row is there.
  package mutating func contains(row: UInt32) -> Bool {
    knowPlaces()
    return places?[row] != nil
  }

  private mutating func change(_ vectors: [Float], rows: [UInt32], replaces: Bool) throws(VectorError) {
    guard vectors.count == rows.count * dimensions else {
      throw .wrongCount(expected: rows.count * dimensions, found: vectors.count)
    }
    let x = try table.prepared(vectors)
    guard table.rows.count + rows.count < Int(UInt32.max) else {
      throw .badSetting(name: "rows", found: table.rows.count + rows.count, allowed: 0...Int(UInt32.max) - 1)
    }
    knowPlaces()
    try check(rows, replaces: replaces)
    for row in rows where replaces {
      if let place = places?[row] { table.remove(place: Int(place)) }
    }
    let first = table.rows.count
    table.append(x, rows: rows)
    for (index, row) in rows.enumerated() { places?[row] = UInt32(first + index) }
    guard let trained else { return }
    // As it is stored, so that a row's codes do not depend on when it came.
    let stored = table.vectors.floats(first..<first + rows.count)
    let (lists, codes) = trained.coded(stored)
    for (index, list) in lists.enumerated() {
      let own = codes[index * trained.groups..<(index + 1) * trained.groups]
      self.trained?.tails[Int(list)].append(UInt32(first + index), own, trained.space.words)
    }
  }

  private func check(_ rows: [UInt32], replaces: Bool) throws(VectorError) {
    var seen: Set<UInt32> = []
    for row in rows {
      guard row != VectorTable.none else { throw .reservedRow(row) }
      guard seen.insert(row).inserted, replaces || places?[row] == nil else { throw .rowTaken(row) }
    }
  }

  mutating func knowPlaces() {
    guard places == nil else { return }
    var found: [UInt32: UInt32] = Dictionary(minimumCapacity: table.count)
    for (place, row) in table.rows.enumerated() where row != VectorTable.none { found[row] = UInt32(place) }
    places = found
  }

  /// The same index without the rows that were removed and with those that came later among the others; not trained
  /// anew, so it answers the same.
  package func compacted() -> VectorIndex {
    guard let trained else {
      let living = table.rows.indices.filter { table.isThere($0, nil) }.map { UInt32($0) }
      return VectorIndex(table: table.selecting(living), trained: nil)
    }
    let members = (0..<trained.centroids.count).map { livingSlots(trained, $0) }
    guard let lists = CodeLists(counts: members.map { UInt32($0.count) }) else { return self }
    let codes = parallelMap(members.count) { list in blocks(trained, list, members[list]) }
    var result = VectorIndex(
      table: table.selecting(members.flatMap { $0.map(\.place) }),
      trained: TrainedLists(
        centroids: trained.centroids, space: trained.space, lists: lists, codes: .owned(Array(codes.joined())),
        efforts: trained.efforts))
    result.places = nil
    return result
  }

  /// The rows of a list that are there: where, and at which slot of its codes; slots of the tail follow its own.
  private func livingSlots(_ trained: TrainedLists, _ list: Int) -> [(place: UInt32, slot: Int)] {
    let own = trained.lists.places(list)
    let all = own.map { UInt32($0) } + trained.tails[list].places
    return all.enumerated().filter { table.isThere(Int($1), nil) }.map { (place: $1, slot: $0) }
  }

  private func blocks(_ trained: TrainedLists, _ list: Int, _ slots: [(place: UInt32, slot: Int)]) -> [UInt8] {
    let words = trained.space.words
    let own = trained.lists.places(list).count
    let start = trained.lists.firstBlock(list) * words.blockBytes
    let tail = trained.tails[list]
    var result = [UInt8](repeating: 0, count: words.bytes(rows: slots.count))
    for (index, entry) in slots.enumerated() {
      let codes =
        entry.slot < own
        ? trained.codes.withBytes { words.codes(in: $0, at: entry.slot, from: start) }
        : unsafe words.codes(in: tail.codes.span.bytes, at: entry.slot - own, from: 0)
      words.place(codes[...], in: &result, at: index)
    }
    return result
  }
}
