internal import HoneKernels

// axes: directions in which rows differ, the widest first    groups: parts of them that share four bits

/// How the difference between a row and the middle of its list becomes codes.
///
/// Differences are turned onto their principal axes; the axes are divided into groups, few axes to a group where they
/// are wide and many where they are narrow, and the narrowest may be left out. With l2 two more groups hold half the
/// square of the row's own length in 8 bits, so that one sum estimates product minus that.
struct CodeSpace: Sendable {
  let dimensions: Int
  /// The axes that are coded. Shapes: (dimensions, axes).
  let axes: [Float]
  let words: CodeWords
  /// Half squares from `least` on in 255 steps of `step`; nil but for l2.
  let halves: Halves?
  private let packed: PackedMatrix

  struct Halves: Sendable, Equatable {
    let least: Float
    let step: Float

    func code(_ half: Float) -> UInt8 { step > 0 ? UInt8(max(0, min(255, ((half - least) / step).rounded()))) : 0 }
  }

  init(dimensions: Int, axes: [Float], words: CodeWords, halves: Halves?) {
    precondition(axes.count == dimensions * words.dimensions, "\(axes.count) numbers of axes")
    (self.dimensions, self.axes, self.words, self.halves) = (dimensions, axes, words, halves)
    packed = PackedMatrix(
      axes, inputs: dimensions, outputs: words.dimensions, transposed: false, precision: .float32)
  }

  /// Learns axes and words from differences. Shapes: differences (rows, dimensions); halves (rows) with l2.
  init(
    of differences: [Float], halves: [Float]?, dimensions: Int, groups: Int, random: inout RandomGenerator
  ) {
    let (all, variances) = principalAxes(differences, dimensions: dimensions)
    let widths = groupWidths(variances, groups: min(groups, CodeWords.mostGroups) - (halves == nil ? 0 : 2))
    let coded = widths.reduce(0) { $0 + Int($1) }
    let axes = (0..<dimensions).flatMap { all[$0 * dimensions..<$0 * dimensions + coded] }
    let turned = Self.turned(
      differences,
      PackedMatrix(axes, inputs: dimensions, outputs: coded, transposed: false, precision: .float32), dimensions)
    // Groups are filled up to fours, with none that has content behind the two of the halves.
    let padding = (4 - (widths.count + (halves == nil ? 0 : 2)) % 4) % 4
    let padded = widths + [UInt8](repeating: 0, count: padding + (halves == nil ? 0 : 2))
    let words = learntWords(turned, widths: padded, random: &random)
    self.init(dimensions: dimensions, axes: axes, words: words, halves: halves.map(Self.range))
  }

  private static func range(_ halves: [Float]) -> Halves {
    let (least, most) = (halves.min() ?? 0, halves.max() ?? 0)
    return Halves(least: least, step: (most - least) / 255)
  }

  /// Rows on the axes, in parts that threads share. Shapes: x (rows, dimensions); result (rows, axes).
  func turned(_ x: [Float]) -> [Float] { Self.turned(x, packed, dimensions) }

  private static func turned(_ x: [Float], _ axes: PackedMatrix, _ dimensions: Int) -> [Float] {
    var result = [Float](repeating: 0, count: x.count / dimensions * axes.outputs)
    linear(&result, x, axes, [], rows: x.count / dimensions)
    return result
  }

  /// The codes of differences. Shapes: result (rows, groups); differences (rows, dimensions); halves (rows) with l2.
  func codes(_ differences: [Float], halves: [Float]) -> [UInt8] {
    let rows = differences.count / dimensions
    let groups = words.widths.count
    var codes = words.codes(turned(differences), rows: rows, step: words.dimensions)
    guard let range = self.halves else { return codes }
    for row in 0..<rows {
      let code = range.code(halves[row])
      codes[(row + 1) * groups - 2] = code >> 4
      codes[(row + 1) * groups - 1] = code & 15
    }
    return codes
  }

  /// The tables of one query that is already on the axes. Shapes: turned (axes).
  func tables(turned: [Float]) -> CodeTables {
    guard let halves else { return words.tables(turned, constants: []) }
    let high = (0..<16).map { -halves.least - Float($0) * 16 * halves.step }
    let low = (0..<16).map { -Float($0) * halves.step }
    return words.tables(turned, constants: high + low)
  }
}

/// The directions in which rows differ most, as columns, and their variances. The mean is not taken out.
///
/// Shapes: x (rows, dimensions); axes (dimensions, dimensions), orthonormal columns.
/// Complexity: O(rows · dimensions² + dimensions³).
func principalAxes(_ x: [Float], dimensions: Int) -> (axes: [Float], variances: [Double]) {
  let rows = x.count / dimensions
  var turned = [Float](repeating: 0, count: x.count)  // (dimensions, rows)
  for row in 0..<rows {
    for i in 0..<dimensions { turned[i * rows + row] = x[row * dimensions + i] }
  }
  var products = [Float](repeating: 0, count: dimensions * dimensions)
  let packed = PackedMatrix(x, inputs: rows, outputs: dimensions, transposed: false, precision: .float32)
  linear(&products, turned, packed, [], rows: dimensions)
  let eigen = SymmetricEigen(products.map { Double($0) / Double(rows) }, n: dimensions)
  var axes = products
  for axis in 0..<dimensions {
    for i in 0..<dimensions { axes[i * dimensions + axis] = Float(eigen.vectors[axis * dimensions + i]) }
  }
  return (axes, eigen.values)
}

/// Sixteen words for each group, by rounds of moving them to the middles of the rows that they are nearest to.
///
/// Shapes: x (rows, axes), axes being the sum of the widths.
func learntWords(_ x: [Float], widths: [UInt8], rounds: Int = 12, random: inout RandomGenerator) -> CodeWords {
  let axes = widths.reduce(0) { $0 + Int($1) }
  let rows = x.count / axes
  let starts = widths.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int($1)) }
  var values = [Float](repeating: 0, count: axes * 16)
  for group in widths.indices {
    for word in 0..<16 {
      let row = Int.random(in: 0..<rows, using: &random)
      for axis in starts[group]..<starts[group + 1] { values[axis * 16 + word] = x[row * axes + axis] }
    }
  }
  let together = 512
  for _ in 0..<rounds {
    let words = CodeWords(widths: widths, words: values)
    let codes = parallelMap((rows + together - 1) / together) { part in
      let range = part * together..<min(rows, (part + 1) * together)
      return words.codes(Array(x[range.lowerBound * axes..<range.upperBound * axes]), rows: range.count, step: axes)
    }.flatMap(\.self)
    values = parallelMap(widths.count) { group in
      middles(x, codes, rows: rows, group: group, groups: widths.count, starts[group]..<starts[group + 1], values)
    }.flatMap(\.self)
  }
  return CodeWords(widths: widths, words: values)
}

/// The mean of the rows of each word in one group; a word without rows stays. Shapes: result (own.count, 16).
private func middles(
  _ x: [Float], _ codes: [UInt8], rows: Int, group: Int, groups: Int, _ own: Range<Int>, _ old: [Float]
) -> [Float] {
  var sums = [Float](repeating: 0, count: own.count * 16)
  var counts = [Int](repeating: 0, count: 16)
  let axes = x.count / max(1, rows)
  for row in 0..<rows {
    let word = Int(codes[row * groups + group])
    counts[word] += 1
    for (i, axis) in own.enumerated() { sums[i * 16 + word] += x[row * axes + axis] }
  }
  for word in 0..<16 {
    for (i, axis) in own.enumerated() {
      sums[i * 16 + word] = counts[word] > 0 ? sums[i * 16 + word] / Float(counts[word]) : old[axis * 16 + word]
    }
  }
  return sums
}
