import Foundation
import HoneTraining
import Testing

private func rates(_ schedule: LearningRateSchedule, total: Int, base: Float = 0.01) -> [Float] {
  (0..<total).map { schedule.rate(step: $0, totalSteps: total, base: base) }
}

@Test func exponentialDecayIsThatOfKeras() {
  // Keras: initial · rate^(step / decay_steps), with 0.0005, 500 and 0.95 as in the DistilGPT2 tutorials.
  let schedule = LearningRateSchedule.exponential(warmupSteps: 0, decaySteps: 500, rate: 0.95)
  for step in [0, 1, 250, 500, 1234] {
    let expected = 0.0005 * pow(0.95, Double(step) / 500)
    let found = Double(schedule.rate(step: step, totalSteps: 2000, base: 0.0005))
    #expect(abs(found - expected) < 1e-10, "step \(step)")
  }
}

@Test func linearAndCosineFallToNothing() {
  let linear = rates(.linear(warmupSteps: 0), total: 10)
  for step in 0..<10 { #expect(abs(linear[step] - 0.01 * (1 - Float(step) / 10)) < 1e-8) }
  let cosine = rates(.cosine(warmupSteps: 0), total: 10)
  for step in 0..<10 { #expect(abs(Double(cosine[step]) - 0.005 * (1 + cos(.pi * Double(step) / 10))) < 1e-8) }
  #expect(rates(.constant(warmupSteps: 0), total: 5) == [Float](repeating: 0.01, count: 5))
}

@Test(arguments: [
  LearningRateSchedule.constant(warmupSteps: 4), .linear(warmupSteps: 4), .cosine(warmupSteps: 4),
  .exponential(warmupSteps: 4, decaySteps: 3, rate: 0.9),
])
func everyScheduleWarmsUpInAStraightLineAndNeverRisesAfter(schedule: LearningRateSchedule) {
  let found = rates(schedule, total: 20)
  for step in 0..<4 { #expect(abs(found[step] - 0.01 * Float(step + 1) / 4) < 1e-8) }
  #expect(abs(found[4] - 0.01) < 1e-8)
  for step in 5..<20 { #expect(found[step] <= found[step - 1] && found[step] >= 0) }
}

@Test(arguments: [UInt64(0), 1, 7, 42])
func anEpochTakesEveryExampleOnceAndEachEpochAnotherOrder(seed: UInt64) {
  let order = ExampleOrder(labels: [Int?](repeating: nil, count: 57), balanced: false, seed: seed)
  let first = order.indexes(epoch: 0)
  #expect(first.sorted() == Array(0..<57))
  #expect(first == order.indexes(epoch: 0))
  #expect(order.indexes(epoch: 1).sorted() == Array(0..<57))
  #expect(order.indexes(epoch: 1) != first)
}

@Test(arguments: [UInt64(0), 1, 7])
func balancedSamplingDrawsEveryClassEquallyOften(seed: UInt64) {
  let labels: [Int?] =
    [Int?](repeating: 0, count: 80) + [Int?](repeating: 1, count: 15) + [Int?](repeating: 2, count: 5)
  let drawn = ExampleOrder(labels: labels, balanced: true, seed: seed).indexes(epoch: 3)
  #expect(drawn.count == 100)
  for label in 0..<3 {
    let count = drawn.count { labels[$0] == label }
    #expect((33...34).contains(count), "class \(label): \(count), seed \(seed)")
  }
  #expect(Set(drawn.filter { labels[$0] == 2 }).count == 5)
}

@Test func classWeightsGiveEveryClassTheSameSumAndMeanOne() {
  let labels: [Int?] = [0, 0, 0, 0, 0, 0, 1, 1, 2]
  let weights = balancedWeights(labels: labels)
  for label in 0..<3 {
    let sum = zip(labels, weights).reduce(Float(0)) { $0 + ($1.0 == label ? $1.1 : 0) }
    #expect(abs(sum - 3) < 1e-6)
  }
}
