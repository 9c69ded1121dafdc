internal import HoneKernels

extension VectorIndex {
  /// Traps unless every row that is there stands in exactly one list, under its own place, with the codes that it
  /// would get now. For tests. Complexity: O(rows · dimensions²).
  package func checkInvariants() {
    let there = table.rows.indices.filter { table.isThere($0, nil) }
    precondition(there.count == count, "\(there.count) rows are there, \(count) are counted")
    precondition(Set(there.map { table.rows[$0] }).count == count, "a row is there twice")
    precondition(table.vectors.count == table.rows.count, "\(table.vectors.count) vectors, \(table.rows.count) rows")
    if let places {
      precondition(places.count == count, "\(places.count) places of \(count) rows")
      for place in there {
        precondition(places[table.rows[place]] == UInt32(place), "row \(table.rows[place]) is not at its place")
      }
    }
    guard let trained else { return }
    var seen: Set<Int> = []
    for list in 0..<trained.centroids.count {
      let start = trained.lists.firstBlock(list) * trained.space.words.blockBytes
      for (slot, place) in trained.lists.places(list).enumerated() {
        precondition(seen.insert(place).inserted, "place \(place) is in two lists")
        check(place, list, trained.codes.withBytes { trained.space.words.codes(in: $0, at: slot, from: start) })
      }
      let tail = trained.tails[list]
      for (slot, place) in tail.places.enumerated() {
        precondition(seen.insert(Int(place)).inserted, "place \(place) is in two lists")
        let codes = unsafe trained.space.words.codes(in: tail.codes.span.bytes, at: slot, from: 0)
        check(Int(place), list, codes)
      }
    }
    precondition(seen.count == table.rows.count, "\(seen.count) places in lists, \(table.rows.count) in all")
  }

  private func check(_ place: Int, _ list: Int, _ codes: [UInt8]) {
    guard let trained else { return }
    let again = trained.codes(table.vectors.floats(place..<place + 1), [UInt32(list)])
    precondition(again == codes, "the codes at place \(place) are others")
  }
}
