import HoneData
import HoneTestSupport
import Testing

@Suite struct RowSplitTests {
  @Test(arguments: 0..<200)
  func stratifiedSplitKeepsEveryClassOnBothSides(seed: Int) {
    var seeded = Seeded(seed)
    let labels = (0..<seeded.number(0...200)).map { _ in seeded.number(0...seeded.pick([0, 3, 20])) }
    let fraction = seeded.pick([0.05, 0.2, 0.5, 0.9])
    let split = RowSplit.stratified(labels: labels, fraction: fraction, seed: UInt32(seed))
    #expect((split.training + split.validation).sorted() == Array(labels.indices))
    let counts = Dictionary(grouping: labels.indices) { labels[$0] }
    for (label, rows) in counts where rows.count > 1 {
      let taken = split.validation.filter { labels[$0] == label }.count
      let wanted = Int((Double(rows.count) * fraction).rounded())
      #expect(taken == min(rows.count - 1, max(1, wanted)), "class \(label) of \(rows.count)")
    }
    #expect(split == RowSplit.stratified(labels: labels, fraction: fraction, seed: UInt32(seed)))
  }

  @Test(arguments: 0..<200)
  func groupsStayOnOneSide(seed: Int) {
    var seeded = Seeded(seed)
    let labels = (0..<seeded.number(1...120)).map { _ in seeded.number(0...4) }
    let groups = (0..<seeded.number(0...12)).map { _ in
      (0..<seeded.number(1...6)).map { _ in seeded.number(-2...140) }
    }
    let split = RowSplit.stratified(labels: labels, fraction: 0.3, seed: UInt32(seed), keepingTogether: groups)
    #expect((split.training + split.validation).sorted() == Array(labels.indices))
    var covered = Set<Int>()
    for group in groups {
      let members = group.filter { labels.indices.contains($0) && covered.insert($0).inserted }
      let sides = Set(members.map { split.validation.contains($0) })
      #expect(sides.count < 2, "group \(members)")
    }
  }

  @Test func differentSeedsDrawDifferentRows() {
    let labels = [Int](repeating: 0, count: 100)
    let first = RowSplit.stratified(labels: labels, fraction: 0.2, seed: 1)
    #expect(first != RowSplit.stratified(labels: labels, fraction: 0.2, seed: 2))
    #expect(first.validation.count == 20)
  }
}
