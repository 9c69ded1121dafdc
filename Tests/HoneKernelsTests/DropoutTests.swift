import HoneKernels
import HoneTestSupport
import Testing

/// Every bit of the key spread over all 64.
private func referenceSpread(_ key: UInt64) -> UInt64 {
  var key = (key ^ key >> 30) &* 0xBF58_476D_1CE4_E5B9
  key = (key ^ key >> 27) &* 0x94D0_49BB_1331_11EB
  return key ^ key >> 31
}

/// Whether dropout sets this element to zero: a hash of the key and the place, below the rate's share of 2³².
private func referenceIsDropped(_ place: Int, rate: Float, key: UInt64) -> Bool {
  let key = referenceSpread(key)
  var hash = UInt32(truncatingIfNeeded: place) &* 0x9E37_79B1 &+ UInt32(truncatingIfNeeded: key)
  hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
  hash = (hash ^ hash >> 13) &+ UInt32(key >> 32) &+ UInt32(place >> 32)
  hash = hash &* 0xC2B2_AE35
  hash = (hash ^ hash >> 16) &* 0x27D4_EB2F
  return Double(hash ^ hash >> 15) < (Double(rate) * 4_294_967_040).rounded(.down)
}

/// count, rate in hundredths.
private let shapes = [
  [1, 50], [2, 10], [15, 99], [16, 1], [17, 10], [63, 30], [65, 50], [1000, 10], [4097, 90],
]

let dropoutLoops = [
  Loop(name: "dropout", shapes: shapes, large: [300_001, 10]) { shape, seed in
    var random = Seeded(seed)
    let (before, key, rate) = (random.values(shape[0]), random.next(), Float(shape[1]) / 100)
    var x = before
    dropout(&x, rate: rate, key: key, count: x.count)
    // Choosing is exact, and scaling rounds once.
    return [
      LoopOutput("x", x, within: 0) {
        before.indices.map {
          referenceIsDropped($0, rate: rate, key: key) ? 0 : Double(before[$0] * (1 / (1 - rate)))
        }
      }
    ]
  }
]

/// 1 where dropout leaves a zero.
private func mask(_ count: Int, rate: Float, key: UInt64) -> [Int] {
  var x = [Float](repeating: 1, count: count)
  dropout(&x, rate: rate, key: key, count: count)
  return x.map { $0 == 0 ? 1 : 0 }
}

/// How many deviations `hits` of `count` trials lie from what `chance` promises.
private func deviations(_ hits: Int, of count: Int, chance: Double) -> Double {
  abs(Double(hits) - Double(count) * chance) / (Double(count) * chance * (1 - chance)).squareRoot()
}

@Test(arguments: [Float(0.01), 0.1, 0.5, 0.9], [UInt64(0), 1, 0x9E37_79B9_7F4A_7C15])
func dropoutTakesItsShare(rate: Float, key: UInt64) {
  let mask = mask(1_000_000, rate: rate, key: key)
  let chance = Double(rate)
  #expect(deviations(mask.reduce(0, +), of: mask.count, chance: chance) < 5)
  // Neighbours, and elements one row of GPT-2 apart, fall independently of each other.
  for step in [1, 2, 16, 768, 1024] {
    let both = zip(mask, mask.dropFirst(step)).count { $0.0 == 1 && $0.1 == 1 }
    #expect(deviations(both, of: mask.count - step, chance: chance * chance) < 6, "\(step) apart")
  }
}

private let keyPairs: [(UInt64, UInt64)] = [(7, 8), (7, 7 + 1 << 32), (0, 0x9E37_79B9_7F4A_7C15), (3, 3 + 1 << 63)]

@Test(arguments: keyPairs)
func otherKeysDropOtherElements(first: UInt64, second: UInt64) {
  let (count, chance) = (1_000_000, 0.25)
  let pairs = zip(mask(count, rate: 0.25, key: first), mask(count, rate: 0.25, key: second))
  #expect(deviations(pairs.count { $0.0 == 1 && $0.1 == 1 }, of: count, chance: chance * chance) < 6)
}

@Test func dropoutKeepsTheMeanAndRepeatsItself() {
  var x = [Float](repeating: 1, count: 1_000_000)
  dropout(&x, rate: 0.1, key: 5, count: x.count)
  #expect(abs(x.reduce(0.0) { $0 + Double($1) } / Double(x.count) - 1) < 0.002)
  var part = [Float](repeating: 1, count: 70)
  dropout(&part, rate: 0.1, key: 5, count: 67)
  #expect(part == Array(x[..<67]) + [1, 1, 1])
  dropout(&part, rate: 0, key: 5, count: 70)
  #expect(part[67...] == [1, 1, 1])
}
