import HoneKernels
import Testing

/// The place of an order among all orders of 0 ..< count, counted by its digits of factorials.
private func rank(_ order: [Int]) -> Int {
  order.indices.reduce(0) { rank, place in
    rank * (order.count - place) + order[(place + 1)...].count { $0 < order[place] }
  }
}

/// Orders of five things: 119 degrees of freedom, where 184 is exceeded once in ten thousand seeds.
private let orders = 120
private let limit = 184.0

@Test(arguments: [UInt64(0), 1, 2, 3])
func oneGeneratorShufflesIntoEveryOrderAlike(seed: UInt64) {
  var generator = RandomGenerator(seed: seed)
  var counts = [Int](repeating: 0, count: orders)
  for _ in 0..<120_000 { counts[rank((0..<5).shuffled(using: &generator))] += 1 }
  #expect(chiSquare(counts) < limit)
}

/// As every epoch has a seed of its own: seeds in a row, and seeds a fixed step apart.
@Test(arguments: [UInt64(1), 2, 0x9E37_79B9_7F4A_7C15, 1 << 32, 1 << 40])
func theFirstShuffleOfEachSeedIsInEveryOrderAlike(step: UInt64) {
  var counts = [Int](repeating: 0, count: orders)
  for number in 0..<UInt64(120_000) {
    var generator = RandomGenerator(seed: number &* step)
    counts[rank((0..<5).shuffled(using: &generator))] += 1
  }
  #expect(chiSquare(counts) < limit)
}

@Test(arguments: [UInt64(4), 5])
func everyExampleComesToEveryPlaceAlike(seed: UInt64) {
  // 40 examples: each of the 1,600 pairs of example and place.
  let count = 40
  var generator = RandomGenerator(seed: seed)
  var counts = [Int](repeating: 0, count: count * count)
  for _ in 0..<20_000 {
    for (place, example) in (0..<count).shuffled(using: &generator).enumerated() {
      counts[example * count + place] += 1
    }
  }
  // Rows and columns have fixed sums, so 39² degrees are free; the statistic grows by 40/39 because places exclude
  // each other. Its mean is then 1,560 and its deviation 57; five deviations are allowed.
  #expect(abs(chiSquare(counts) - 1_560) < 285)
}

@Test func theSameSeedGivesTheSameOrder() {
  var (first, second, third) = (RandomGenerator(seed: 6), RandomGenerator(seed: 6), RandomGenerator(seed: 7))
  let order = (0..<1000).shuffled(using: &first)
  #expect(order == (0..<1000).shuffled(using: &second))
  #expect(order != (0..<1000).shuffled(using: &third) && order.sorted() == Array(0..<1000))
}
