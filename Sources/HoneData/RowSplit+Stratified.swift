extension RowSplit {
  /// A split that keeps the share of every class, drawn with the seed.
  ///
  /// Each class gives `fraction` of its rows to validation, rounded; as long as it has two rows (or groups) it
  /// stays on both sides. Rows of one group, near duplicates say, stay together on one side; a group belongs to the
  /// class of its first row. Both lists are in file order.
  ///
  /// `labels`: the class of each row. `groups`: lists of rows to keep together; rows in none stand alone.
  /// Precondition: 0 ≤ fraction ≤ 1.
  package static func stratified<Label: Hashable>(
    labels: [Label], fraction: Double, seed: UInt32, keepingTogether groups: [[Int]] = []
  ) -> RowSplit {
    precondition((0...1).contains(fraction), "a fraction lies between 0 and 1, not \(fraction)")
    var generator = MersenneTwister(seed: seed)
    var validation = Set<Int>()
    for units in unitsByClass(labels, groups) {
      let order = generator.permutation(units.count).map { units[$0] }
      validation.formUnion(chosen(from: order, fraction: fraction))
    }
    return RowSplit(
      training: labels.indices.filter { !validation.contains($0) },
      validation: labels.indices.filter { validation.contains($0) })
  }

  /// The indivisible units of each class, classes and units in order of first appearance.
  private static func unitsByClass<Label: Hashable>(_ labels: [Label], _ groups: [[Int]]) -> [[[Int]]] {
    var unitOf: [Int: [Int]] = [:]
    var covered = Set<Int>()
    for group in groups {
      let members = group.filter { labels.indices.contains($0) && covered.insert($0).inserted }.sorted()
      if let first = members.first { unitOf[first] = members }
    }
    var classes: [Label: Int] = [:]
    var units: [[[Int]]] = []
    for row in labels.indices {
      guard let unit = unitOf[row] ?? (covered.contains(row) ? nil : [row]) else { continue }
      let position = classes[labels[row], default: units.count]
      if position == units.count { units.append([]) }
      classes[labels[row]] = position
      units[position].append(unit)
    }
    return units
  }

  /// Units in this order while they fit the share; at least one, the smallest if need be, and never all of several.
  private static func chosen(from order: [[Int]], fraction: Double) -> [Int] {
    guard fraction < 1 else { return order.flatMap { $0 } }
    guard fraction > 0, order.count > 1 else { return [] }
    let rowCount = order.reduce(0) { $0 + $1.count }
    let wanted = Int((Double(rowCount) * fraction).rounded())
    var taken: [Int] = []
    var unitsLeft = order.count - 1
    for unit in order where unitsLeft > 0 && taken.count + unit.count <= wanted {
      taken += unit
      unitsLeft -= 1
    }
    return taken.isEmpty ? order.min { $0.count < $1.count } ?? [] : taken
  }
}
