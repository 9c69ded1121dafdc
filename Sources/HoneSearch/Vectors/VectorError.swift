/// What is wrong with vectors or a request for neighbours, as facts.
package enum VectorError: Error, Equatable, Sendable {
  /// So many numbers where another count was expected.
  case wrongCount(expected: Int, found: Int)
  /// A number that is not finite, or a vector too long for sums of float32. `index`: of the vector in what was given.
  case notUsable(index: Int)
  /// A row number that is there already, or twice in what was given.
  case rowTaken(UInt32)
  /// A row number that is not there.
  case noRow(UInt32)
  /// A row number that stands for "none".
  case reservedRow(UInt32)
  /// A setting outside its range.
  case badSetting(name: String, found: Int, allowed: ClosedRange<Int>)
}

extension VectorError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .wrongCount(let expected, let found):
      "expected \(expected) numbers, found \(found); make all vectors with the same model"
    case .notUsable(let index):
      "vector \(index): expected finite numbers whose squares add up to 1e30 or less, found others; leave it out"
    case .rowTaken(let row): "row \(row): expected a new row, found one that is there; update it instead"
    case .noRow(let row): "row \(row): expected a row of the index, found none; insert it first"
    case .reservedRow(let row): "row \(row): expected a number below \(UInt32.max), found \(row); choose another"
    case .badSetting(let name, let found, let allowed):
      "\(name): expected \(allowed.lowerBound) to \(allowed.upperBound), found \(found); choose another"
    }
  }
}
