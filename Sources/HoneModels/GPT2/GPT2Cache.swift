internal import HoneKernels

// rows: tokens that the cache may hold    hidden: n_embd

/// Keys and values of the sequences in progress. Each has a place of its own, as long as it needs, found by a number.
///
/// ```
/// blocks of 16 rows:  | place 0 | place 0 | place 2 |  free  | place 1 | …      memory is asked for as places reach it
/// ```
/// The room for the activations of one call is kept here too, so that its memory is asked for once.
package struct GPT2Cache: Sendable {
  private struct Place {
    var firstBlock: Int
    var blocks: Int
    var rows: Int
    var length = 0
  }

  /// Rows of a block; a place is whole blocks.
  static let blockRows = cacheBlockRows
  private var places: [Place?] = []
  private let mostBlocks: Int
  private let hidden: Int
  var keys: [[Float]]  // per layer (blocks, hidden, blockRows)
  var values: [[Float]]  // per layer (blocks, blockRows, hidden)
  var room = GPT2Room()

  /// An empty cache that may grow to `rows` rows.
  package init(config: GPT2Config, rows: Int) {
    precondition(rows > 0, "a cache of \(rows) rows")
    mostBlocks = Self.blocks(rows)
    hidden = config.hiddenSize
    keys = [[Float]](repeating: [], count: config.layerCount)
    values = keys
  }

  /// A cache of `slots` places of `slotRows` rows, all open, their numbers counted from 0.
  package init(config: GPT2Config, slots: Int, slotRows: Int) {
    precondition(slots > 0 && slotRows > 0, "a cache of \(slots) slots of \(slotRows) rows")
    self.init(config: config, rows: slots * Self.blocks(slotRows) * Self.blockRows)
    for _ in 0..<slots { _ = open(rows: slotRows) }
  }

  /// Bytes that one row takes in all layers.
  package static func bytesPerRow(_ config: GPT2Config) -> Int { config.hiddenSize * config.layerCount * 8 }

  /// Bytes in memory for keys and values.
  package var bytes: Int { keys.reduce(0) { $0 + $1.capacity * 8 } }

  /// Rows of the largest place that could ever be opened.
  package var mostRows: Int { mostBlocks * Self.blockRows }

  /// The tokens that a place holds.
  package func length(of slot: Int) -> Int { place(slot).length }

  /// Opens a place for `rows` rows and gives its number; nil while no gap is long enough.
  package mutating func open(rows: Int) -> Int? {
    let wanted = Self.blocks(max(1, rows))
    var first = 0
    for used in places.compactMap({ $0 }).sorted(by: { $0.firstBlock < $1.firstBlock }) {
      if used.firstBlock - first >= wanted { break }
      first = used.firstBlock + used.blocks
    }
    guard first + wanted <= mostBlocks else { return nil }
    reach(first + wanted)
    let place = Place(firstBlock: first, blocks: wanted, rows: rows)
    if let slot = places.firstIndex(where: { $0 == nil }) {
      places[slot] = place
      return slot
    }
    places.append(place)
    return places.count - 1
  }

  /// Gives a place back; its number may come again.
  package mutating func close(slot: Int) { places[slot] = nil }

  /// Gives all memory back. No place may be open.
  package mutating func giveBackMemory() {
    precondition(places.allSatisfy { $0 == nil }, "a cache in use gives no memory back")
    room = GPT2Room()
    for layer in keys.indices { (keys[layer], values[layer]) = ([], []) }
  }

  /// Forgets what a place holds, beyond its first `length` tokens.
  package mutating func truncate(slot: Int, to length: Int = 0) {
    let held = place(slot).length
    places[slot]?.length = min(held, length)
  }

  /// Makes `target` hold the first `length` tokens that `source` holds, as when one prompt is continued several times.
  package mutating func copy(slot source: Int, to target: Int, length: Int? = nil) {
    let (from, to) = (place(source), place(target))
    let length = min(length ?? from.length, from.length)
    precondition(length <= to.rows, "\(length) rows to a place of \(to.rows)")
    let rowsAt = Self.blockRows * hidden
    for layer in keys.indices {
      moveWithin(
        &keys[layer], from: from.firstBlock * rowsAt, to: to.firstBlock * rowsAt, count: Self.blocks(length) * rowsAt)
      moveWithin(&values[layer], from: from.firstBlock * rowsAt, to: to.firstBlock * rowsAt, count: length * hidden)
    }
    places[target]?.length = length
  }

  /// Where the next `count` rows of a place go.
  func rows(slot: Int, firstRow: Int, count: Int) -> CachedRows {
    let place = place(slot)
    precondition(place.length + count <= place.rows, "\(place.length) + \(count) rows in a place of \(place.rows)")
    return CachedRows(
      slot: place.firstBlock, slots: place.blocks, firstRow: firstRow, rowCount: count, past: place.length)
  }

  mutating func advance(_ segments: [GPT2Segment]) {
    for segment in segments { places[segment.slot]?.length += segment.tokens.count }
  }

  private func place(_ slot: Int) -> Place {
    guard places.indices.contains(slot), let place = places[slot] else {
      preconditionFailure("place \(slot) of the cache is not open")
    }
    return place
  }

  /// Makes the arrays long enough, by a third more than needed while they grow.
  private mutating func reach(_ blocks: Int) {
    let unit = Self.blockRows * hidden
    for layer in keys.indices where keys[layer].count < blocks * unit {
      let more = min(mostBlocks, max(blocks, keys[layer].count / unit * 4 / 3)) * unit - keys[layer].count
      if keys[layer].isEmpty {
        (keys[layer], values[layer]) = (zeros(more), zeros(more))
      } else {
        keys[layer] += zeros(more)
        values[layer] += zeros(more)
      }
    }
  }

  private static func blocks(_ rows: Int) -> Int { (rows + blockRows - 1) / blockRows }
}

/// Activations of one call, kept from call to call. Arrays are at least as long as needed; what they hold between
/// calls means nothing.
struct GPT2Room {
  var residual: [Float] = []  // (rows, hidden)
  var normed: [Float] = []  // (rows, hidden)
  var mean: [Float] = []  // (rows)
  var rstd: [Float] = []  // (rows)
  var qkv: [Float] = []  // (rows, 3·hidden)
  var attended: [Float] = []  // (rows, hidden)
  var projected: [Float] = []  // (rows, hidden)
  var up: [Float] = []  // (rows, inner)
  var gelu: [Float] = []  // (rows, inner)

  mutating func makeRoom(_ config: GPT2Config, rows: Int) {
    let hidden = config.hiddenSize
    grow(&residual, rows * hidden)
    grow(&normed, rows * hidden)
    grow(&mean, rows)
    grow(&rstd, rows)
    grow(&qkv, rows * 3 * hidden)
    grow(&attended, rows * hidden)
    grow(&projected, rows * hidden)
    grow(&up, rows * config.innerSize)
    grow(&gelu, rows * config.innerSize)
  }
}
