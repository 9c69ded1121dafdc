import HoneData
import Testing

@Test(arguments: [(10, [8, 1, 5, 0, 7, 2, 9, 4, 3, 6]), (5, [1, 4, 2, 0, 3]), (1, [0]), (0, [])])
func permutationsWithSeed42EqualTheReference(count: Int, expected: [Int]) {
  var generator = MersenneTwister(seed: 42)
  #expect(generator.permutation(count) == expected)
}

@Test func theFirstOutputsOfTheReferenceSeedAreKnown() {
  // mt19937ar.c with init_genrand(5489), the values that the C++ standard's mt19937 also begins with.
  var generator = MersenneTwister(seed: 5489)
  #expect(generator.next32() == 3_499_211_612)
  for _ in 0..<9998 { _ = generator.next32() }
  #expect(generator.next32() == 4_123_659_995)  // the 10,000th, as [rand.predef] states
}
