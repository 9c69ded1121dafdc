import HoneKernels
import Testing

/// The loss, the correctness and the gradient of one row with weight 1.
private func oneRow(_ logits: [Float], target: Int32, weight: Float = 1) -> (Float, UInt8, [Float]) {
  var (dLogits, losses, correct): ([Float], [Float], [UInt8]) = (logits, [9], [9])
  crossEntropy(
    &dLogits, &losses, &correct, firstRow: 0, targets: [target], weights: [weight], rows: 1, vocab: logits.count)
  return (losses[0], correct[0], dLogits)
}

@Test func aSingleTokenIsCertain() {
  let (loss, correct, gradient) = oneRow([-3e30], target: 0)
  #expect(loss == 0 && correct == 1 && gradient == [0])
}

@Test(arguments: [Float(0), 1e30, -1e30])
func equalLogitsGiveALossAndTheFirstIsRight(height: Float) {
  let (loss, correct, gradient) = oneRow([Float](repeating: height, count: 64), target: 0)
  // Beside 10³⁰ the logarithm of 64 is lost in rounding, and with it the loss.
  #expect(height != 0 || abs(loss - 4.158883) < 1e-6)
  #expect(correct == 1 && loss.isFinite && gradient.allSatisfy { $0.isFinite })
  #expect(oneRow([Float](repeating: height, count: 64), target: 1).1 == 0)
}

@Test func farApartLogitsNeitherOverflowNorVanish() {
  var logits = [Float](repeating: -1e4, count: 67)
  logits[40] = 1e4
  let (loss, correct, gradient) = oneRow(logits, target: 40)
  #expect(loss == 0 && correct == 1 && gradient.allSatisfy { $0 == 0 })
  let (wrongLoss, wrong, wrongGradient) = oneRow(logits, target: 66)
  #expect(wrongLoss == 2e4 && wrong == 0 && wrongGradient[40] == 1 && wrongGradient[66] == -1)
}

@Test func forbiddenTokensHaveNoProbability() {
  var logits = [Float](repeating: -.infinity, count: 35)
  (logits[3], logits[34]) = (1, 1)
  let (loss, correct, gradient) = oneRow(logits, target: 3)
  #expect(abs(loss - 0.6931472) < 1e-6 && correct == 1)
  #expect(abs(gradient[3] + 0.5) < 1e-6 && abs(gradient[34] - 0.5) < 1e-6)
  #expect(gradient.indices.allSatisfy { $0 == 3 || $0 == 34 || gradient[$0] == 0 })
}

@Test(arguments: [0, 20, 63, 64, 69])
func notANumberIsReportedWhereverItStands(place: Int) {
  var logits = [Float](repeating: 0, count: 70)
  logits[place] = .nan
  #expect(oneRow(logits, target: 5).0.isNaN)
  var out: [Float] = [0]
  logSumExpRows(&out, logits, rows: 1, vocab: 70)
  #expect(out[0].isNaN)
}

@Test func aRowOfWeightZeroHasNoGradient() {
  let (loss, _, gradient) = oneRow((0..<37).map { Float($0) / 8 }, target: 30, weight: 0)
  #expect(loss > 0 && gradient.allSatisfy { $0 == 0 })
}

@Test func theFirstOfTheLargestCounts() {
  for (target, right) in [(Int32(2), UInt8(1)), (64, 0), (65, 0), (0, 0)] {
    var logits = [Float](repeating: 0, count: 66)
    for place in [2, 64, 65] { logits[place] = 5 }
    var (losses, correct): ([Float], [UInt8]) = ([9], [9])
    crossEntropyForward(logits, &losses, &correct, firstRow: 0, targets: [target], rows: 1, vocab: 66)
    #expect(correct == [right], "target \(target)")
  }
}

#if os(Linux) || os(macOS)
  @Test func targetsOutsideTheVocabularyAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = oneRow([1, 2, 3], target: 3) }
    await #expect(processExitsWith: .failure) { _ = oneRow([1, 2, 3], target: -1) }
    await #expect(processExitsWith: .failure) {
      var (losses, correct): ([Float], [UInt8]) = ([0], [0])
      crossEntropyForward([1, 2], &losses, &correct, firstRow: 1, targets: [0, 0], rows: 1, vocab: 2)
    }
  }
#endif
