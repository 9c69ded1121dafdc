import Foundation
import HoneKernels
import Testing

/// Numbers of an independent implementation; see `Golden/random.py`.
private struct RandomGolden: Decodable {
  struct Seeded: Decodable {
    let seed, thousandth: String
    let words: [String]
    let uniforms, normals: [Double]
  }
  let fromState1234: [String]
  let seeds: [Seeded]

  static func read() throws -> RandomGolden {
    let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    return try JSONDecoder().decode(RandomGolden.self, from: Data(contentsOf: folder.appending(path: "random.json")))
  }
}

@Test func theGeneratorIsXoshiroOfTheSavedState() throws {
  let saved = Data(#"{"a": 1, "b": 2, "c": 3, "d": 4}"#.utf8)
  var generator = try JSONDecoder().decode(RandomGenerator.self, from: saved)
  let golden = try RandomGolden.read()
  #expect(golden.fromState1234.count == 10)
  for wanted in golden.fromState1234 { #expect(String(generator.next()) == wanted) }
}

@Test func aSeedFixesEveryNumber() throws {
  let golden = try RandomGolden.read()
  #expect(golden.seeds.count == 5)
  for seeded in golden.seeds {
    let start = RandomGenerator(seed: try #require(UInt64(seeded.seed)))
    var generator = start
    #expect(seeded.words.map { _ in String(generator.next()) } == seeded.words, "seed \(seeded.seed)")
    for _ in seeded.words.count..<999 { _ = generator.next() }
    #expect(String(generator.next()) == seeded.thousandth, "seed \(seeded.seed)")
    generator = start
    #expect(seeded.uniforms.map { _ in Double(generator.uniform()) } == seeded.uniforms, "seed \(seeded.seed)")
    generator = start
    // Numbers up to 9 are rounded to Float32 once, by at most 2⁻²¹.
    for normal in seeded.normals { #expect(abs(Double(generator.normal()) - normal) < 1e-6, "seed \(seeded.seed)") }
  }
}

@Test func aSavedGeneratorGoesOnWhereItStopped() throws {
  var generator = RandomGenerator(seed: 9)
  for _ in 0..<17 { _ = generator.normal() }
  var restored = try JSONDecoder().decode(RandomGenerator.self, from: JSONEncoder().encode(generator))
  #expect(restored == generator)
  for _ in 0..<10 { #expect(restored.next() == generator.next()) }
}

@Test(arguments: [UInt64(0), 1, 2, 0xFFFF_FFFF_FFFF_FFFF])
func normalHasTheMomentsOfTheNormalDistribution(seed: UInt64) {
  var generator = RandomGenerator(seed: seed)
  let count = 200_000
  let values = (0..<count).map { _ in Double(generator.normal()) }
  func moment(_ power: Int) -> Double {
    values.reduce(0) { sum, value in sum + (0..<power).reduce(1) { product, _ in product * value } } / Double(count)
  }
  // The variance of the mean of xᵏ is (E x²ᵏ − (E xᵏ)²) / count; five deviations are allowed.
  for (power, mean, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96), (5, 0, 945), (6, 15, 10_170)] {
    #expect(abs(moment(power) - mean) < 5 * (variance / Double(count)).squareRoot(), "moment \(power)")
  }
  // Neighbours are independent.
  let product = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
  #expect(abs(product) < 5 / Double(count).squareRoot())
}

@Test(arguments: [1, 77, 123_456_789])
func theFarthestNumbersAreFinite(word: Int) throws {
  // The first word of this state is zero, which gives the largest radius: √(2 · 54 · ln 2).
  let saved = Data(#"{"a": 0, "b": \#(word), "c": 5, "d": 0}"#.utf8)
  var generator = try JSONDecoder().decode(RandomGenerator.self, from: saved)
  var words = generator
  #expect(words.next() == 0)
  let angle = 2 * Double.pi * Double(words.next() >> 11) * 0x1p-53
  #expect(abs(Double(generator.normal()) - 8.652_161_3 * cos(angle)) < 2e-6)
}

@Test(arguments: [UInt64(3), 4, 5])
func normalFollowsTheCurve(seed: UInt64) {
  var generator = RandomGenerator(seed: seed)
  let count = 100_000
  let sorted = (0..<count).map { _ in Double(generator.normal()) }.sorted()
  // Kolmogorov and Smirnov: √count times the largest distance exceeds 1.95 once in a thousand seeds.
  let farthest =
    sorted.enumerated().map { index, value in
      let below = erfc(-value / 2.0.squareRoot()) / 2
      return max(abs(below - Double(index) / Double(count)), abs(below - Double(index + 1) / Double(count)))
    }.max() ?? 1
  #expect(farthest * Double(count).squareRoot() < 1.95)
}

@Test(arguments: [UInt64(6), 7, 8])
func uniformFillsItsRangeEvenly(seed: UInt64) {
  var generator = RandomGenerator(seed: seed)
  var counts = [Int](repeating: 0, count: 256)
  for _ in 0..<256_000 {
    let value = generator.uniform()
    guard value >= 0, value < 1, (value * 0x1p24).rounded() == value * 0x1p24 else {
      Issue.record("\(value) is not a step of 2⁻²⁴ below 1")
      return
    }
    counts[Int(value * 256)] += 1
  }
  // With 255 degrees of freedom, 347 is exceeded once in ten thousand seeds.
  #expect(chiSquare(counts) < 347)
}

/// Σ (count − mean)² / mean.
func chiSquare(_ counts: [Int]) -> Double {
  let mean = Double(counts.reduce(0, +)) / Double(counts.count)
  return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
}
