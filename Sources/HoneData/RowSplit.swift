/// Positions of rows that train and of rows that validate.
package struct RowSplit: Sendable, Equatable, Codable {
  package var training: [Int]
  package var validation: [Int]

  package init(training: [Int], validation: [Int]) {
    self.training = training
    self.validation = validation
  }
}

extension RowSplit {
  /// The split of the older tool, to the row: `max(n - 1000, floor(0.8 n))` rows drawn with seed 42 train, in
  /// the order drawn; the rest validate, in file order.
  package static func compatible(count: Int) -> RowSplit {
    let trainingCount = max(count - 1000, Int(Double(count) * 0.8))
    var generator = MersenneTwister(seed: 42)
    let training = Array(generator.permutation(count).prefix(trainingCount))
    let chosen = Set(training)
    return RowSplit(training: training, validation: (0..<count).filter { !chosen.contains($0) })
  }
}
