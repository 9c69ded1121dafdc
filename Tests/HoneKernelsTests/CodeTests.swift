import HoneKernels
import HoneTestSupport
import Testing

// shape: rows, the widths of the groups

private let shapes = [
  [1, 1, 0, 0, 0], [31, 2, 3, 1, 4], [32, 4, 4, 4, 4], [33, 1, 1, 1, 1, 7, 2, 0, 0], [100, 3, 3, 3, 3],
  [600, 2, 2, 2, 2, 2, 2, 2, 2],
]

private struct Sample {
  let words: CodeWords
  let rows: Int
  let x: [Float]
  let query: [Float]
  let codes: [UInt8]  // (rows, groups)

  init(_ shape: [Int], _ seed: UInt64) {
    var random = Seeded(seed)
    let widths = shape[1...].map { UInt8($0) }
    let axes = shape[1...].reduce(0, +)
    rows = shape[0]
    words = CodeWords(widths: widths, words: random.values(axes * 16))
    x = random.values(rows * axes)
    query = random.values(axes)
    codes = words.codes(x, rows: rows, step: axes)
  }

  /// Number i of word w of group g.
  func number(_ group: Int, _ i: Int, _ word: Int) -> Double {
    Double(words.words[(start(group) + i) * 16 + word])
  }

  func start(_ group: Int) -> Int { words.widths[..<group].reduce(0) { $0 + Int($1) } }

  /// The squared distance of a row's group from a word.
  func distance(_ row: Int, _ group: Int, _ word: Int) -> Double {
    (0..<Int(words.widths[group])).reduce(0) { sum, i in
      let difference = Double(x[row * words.dimensions + start(group) + i]) - number(group, i, word)
      return sum + difference * difference
    }
  }

  /// The product of the query's group with a word.
  func product(_ group: Int, _ word: Int) -> Double {
    (0..<Int(words.widths[group])).reduce(0) { $0 + Double(query[start(group) + $1]) * number(group, $1, word) }
  }

  var blocks: [UInt8] {
    let groups = words.widths.count
    var blocks = [UInt8](repeating: 0, count: words.bytes(rows: rows))
    for row in 0..<rows { words.place(codes[row * groups..<(row + 1) * groups], in: &blocks, at: row) }
    return blocks
  }
}

/// The loops of codes with the shapes that they are tried on.
let codeLoops = [
  Loop(name: "codes", shapes: shapes, large: [1_000, 3, 5, 2, 2]) { shape, seed in
    let sample = Sample(shape, seed)
    let groups = sample.words.widths.count
    // How much farther than the nearest word the chosen one is.
    let excess = (0..<sample.rows * groups).map { at in
      let distances = (0..<16).map { sample.distance(at / groups, at % groups, $0) }
      return Float(distances[Int(sample.codes[at])] - (distances.min() ?? 0))
    }
    return [LoopOutput("excess", excess, within: 1e-5) { excess.map { _ in 0 } }]
  },
  Loop(name: "code tables", shapes: shapes, large: [1, 9, 5, 2, 2]) { shape, seed in
    let sample = Sample(shape, seed)
    let tables = sample.words.tables(sample.query, constants: [])
    let groups = sample.words.widths.count
    var wanted: [Double] = []
    for group in 0..<groups {
      let products = (0..<16).map { sample.product(group, $0) }
      wanted += products.map { ($0 - (products.min() ?? 0)) / Double(tables.step) }
    }
    let base = (0..<groups).reduce(0.0) { sum, group in sum + ((0..<16).map { sample.product(group, $0) }.min() ?? 0) }
    return [
      LoopOutput("entries", tables.entries.map(Float.init), within: 0.51) { wanted },
      LoopOutput("base", [tables.base], within: 1e-5) { [base] },
    ]
  },
  Loop(name: "code scan", shapes: shapes, large: [5_000, 3, 5, 2, 2]) { shape, seed in
    let sample = Sample(shape, seed)
    let tables = sample.words.tables(sample.query, constants: [])
    let (groups, keep) = (sample.words.widths.count, min(sample.rows, 20))
    let rows = (0..<sample.rows).map { UInt32($0 % 7 == 3 ? .max : UInt32($0)) }
    let allowed = RowSet(rows.filter { $0 != .max && $0 % 5 != 1 })
    var ranking = CodeRanking(keep: keep)
    let lists = CodeLists(counts: [UInt32(sample.rows)])
    var seen = 0
    if let lists {
      seen = unsafe ranking.scan(
        lists, chosen: [0], bases: [0.25], offset: 0, codes: sample.blocks.span.bytes, groups: groups, tables: tables,
        rows: rows,
        allowed: allowed)
    }
    let estimates = rows.filter { allowed.contains($0) }.map { row in
      let sum = (0..<groups).reduce(0) { sum, group in
        sum + Int(tables.entries[group * 16 + Int(sample.codes[Int(row) * groups + group])])
      }
      return (row: row, estimate: 0.25 + tables.step * Float(sum))
    }
    let best = estimates.sorted { $0.estimate > $1.estimate || ($0.estimate == $1.estimate && $0.row < $1.row) }
    let found = ranking.best()
    return [
      LoopOutput("rows", found.map { Float($0.row) }, within: 0) { best.prefix(keep).map { Double($0.row) } },
      LoopOutput("estimates", found.map(\.estimate), within: 1e-4) { best.prefix(keep).map { Double($0.estimate) } },
      LoopOutput("seen", [Float(seen)], within: 0) { [Double(allowed.count)] },
    ]
  },
]

@Test func codesComeOutOfBlocksAsTheyWentIn() {
  let sample = Sample([75, 2, 1, 3, 1], 4)
  let blocks = sample.blocks
  for row in 0..<sample.rows {
    #expect(
      unsafe sample.words.codes(in: blocks.span.bytes, at: row, from: 0) == Array(sample.codes[row * 4..<row * 4 + 4]))
  }
}

@Test(arguments: 0..<20)
func listsStandInTheOrderOfTheirProducts(seed: Int) {
  var random = Seeded(seed)
  let products = (0..<random.number(1...200)).map { _ in Float(random.number(0...40)) }
  let biases = seed % 2 == 0 ? [] : products.map { _ in Float(random.number(0...3)) }
  let order = products.indices.sorted {
    let (a, b) = (products[$0] + (biases.isEmpty ? 0 : biases[$0]), products[$1] + (biases.isEmpty ? 0 : biases[$1]))
    return a > b || (a == b && $0 < $1)
  }
  for count in [0, 1, products.count / 2, products.count] {
    #expect(orderedLists(products[...], biases: biases, count: count).map { Int($0) } == Array(order.prefix(count)))
  }
}
