import Foundation
import HoneTraining
import Testing

private struct Golden: Decodable {
  struct Many: Decodable {
    var classes: Int
    var gold: [Int]
    var predicted: [Int]
    var accuracy: Double
    var weighted_f1: Double
    var macro_f1: Double
    var confusion: [[Int]]
  }
  struct Two: Decodable {
    var positive: [Bool]
    var scores: [Double]
    var precision: Double
    var recall: Double
    var f: [String: Double]
    var auroc: Double
    var auprc: Double
  }
  var tolerance: Double
  var many: [Many]
  var two: [Two]

  static func read() throws -> Golden {
    let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: folder.appending(path: "metrics.json")))
  }
}

@Test func metricsOfManyClassesEqualThoseOfScikitLearn() throws {
  let golden = try Golden.read()
  #expect(golden.many.count == 24)
  for (index, expected) in golden.many.enumerated() {
    let found = ClassificationMetrics(gold: expected.gold, predicted: expected.predicted, classes: expected.classes)
    #expect(abs(found.accuracy - expected.accuracy) < golden.tolerance, "case \(index)")
    #expect(abs(found.weightedF1 - expected.weighted_f1) < golden.tolerance, "case \(index)")
    #expect(abs(found.macroF1 - expected.macro_f1) < golden.tolerance, "case \(index)")
    #expect(found.confusion == expected.confusion, "case \(index)")
  }
}

@Test func metricsOfTwoClassesEqualThoseOfScikitLearn() throws {
  let golden = try Golden.read()
  #expect(golden.two.count == 24)
  for (index, expected) in golden.two.enumerated() {
    let found = BinaryMetrics(
      isPositive: expected.positive, isPredicted: expected.scores.map { $0 > 0.5 }, scores: expected.scores)
    #expect(abs(found.precision - expected.precision) < golden.tolerance, "case \(index)")
    #expect(abs(found.recall - expected.recall) < golden.tolerance, "case \(index)")
    #expect(try abs(#require(found.auroc) - expected.auroc) < golden.tolerance, "case \(index)")
    #expect(try abs(#require(found.auprc) - expected.auprc) < golden.tolerance, "case \(index)")
    for (beta, score) in expected.f {
      #expect(
        try abs(found.fScore(beta: #require(Double(beta))) - score) < golden.tolerance, "case \(index), beta \(beta)")
    }
  }
}

@Test func oneClassAloneHasNoCurves() {
  let found = BinaryMetrics(isPositive: [true, true], isPredicted: [true, false], scores: [0.9, 0.1])
  #expect(found.auroc == nil)
  #expect(found.auprc == 1)
  #expect(BinaryMetrics(isPositive: [false], isPredicted: [false], scores: [0]).auprc == nil)
}

@Test func theIntervalOfAShareIsWilsons() {
  // Wilson 1927 as statsmodels' proportion_confint(90, 100, method="wilson") and (0, 10): 0.82563, 0.94477; 0, 0.27753.
  let ninety = wilsonInterval(hits: 90, total: 100)
  #expect(abs(ninety.lowerBound - 0.8256343) < 1e-6)
  #expect(abs(ninety.upperBound - 0.9447708) < 1e-6)
  let none = wilsonInterval(hits: 0, total: 10)
  #expect(none.lowerBound == 0)
  #expect(abs(none.upperBound - 0.2775328) < 1e-6)
  #expect(wilsonInterval(hits: 0, total: 0) == 0...1)
}
