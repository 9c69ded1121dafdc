/// A row that was found, and how near it is.
package struct Neighbour: Sendable, Equatable {
  package let row: UInt32
  /// What the metric gives; larger is nearer.
  package let score: Float

  package init(row: UInt32, score: Float) { (self.row, self.score) = (row, score) }

  /// Whether this one stands before the other: the larger score, among equals the lower row.
  package func isBefore(_ other: Neighbour) -> Bool {
    score > other.score || (score == other.score && row < other.row)
  }
}

/// The best of what is offered, whatever the order it comes in.
struct Ranking {
  private let keep: Int
  private var entries: [(neighbour: Neighbour, place: UInt32)] = []
  /// Nothing below this can be among the best.
  private(set) var least = -Float.infinity

  init(keep: Int) { self.keep = keep }

  /// So few that keeping them in order is cheaper than sorting many now and then.
  private static let few = 64

  mutating func offer(_ neighbour: Neighbour, place: UInt32 = 0) {
    guard keep > 0, neighbour.score >= least else { return }
    entries.append((neighbour, place))
    if keep > Self.few {
      if entries.count >= 2 * keep { prune() }
      return
    }
    var at = entries.count - 1
    while at > 0, neighbour.isBefore(entries[at - 1].neighbour) {
      entries.swapAt(at, at - 1)
      at -= 1
    }
    if entries.count > keep { entries.removeLast() }
    if entries.count == keep { least = entries[keep - 1].neighbour.score }
  }

  mutating func merge(_ other: Ranking) {
    for entry in other.entries { offer(entry.neighbour, place: entry.place) }
  }

  /// The best, in order.
  mutating func best() -> [Neighbour] {
    prune()
    return entries.map(\.neighbour)
  }

  /// Where the best are, in order.
  mutating func bestPlaces() -> [UInt32] {
    prune()
    return entries.map(\.place)
  }

  private mutating func prune() {
    guard keep > Self.few else { return }
    entries.sort { $0.neighbour.isBefore($1.neighbour) }
    if entries.count > keep { entries.removeLast(entries.count - keep) }
    if entries.count == keep, let last = entries.last { least = last.neighbour.score }
  }
}
