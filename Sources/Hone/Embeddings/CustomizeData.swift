internal import Foundation

/// Pairs of texts that belong together or not.
struct TextPairs: Sendable {
  var first: [String] = []
  var second: [String] = []
  var isPositive: [Bool] = []

  var count: Int { isPositive.count }

  func part(_ indexes: [Int]) -> TextPairs {
    TextPairs(
      first: indexes.map { first[$0] }, second: indexes.map { second[$0] }, isPositive: indexes.map { isPositive[$0] })
  }

  /// The same with pairs that do not belong together, made of texts of different pairs. What is known to belong
  /// together, in either order and also from `others`, is never among them.
  func addingNegatives(_ each: Int, besides others: TextPairs, using random: inout some RandomNumberGenerator)
    -> TextPairs
  {
    let positives = Set(
      zip(self.first + others.first, zip(self.second + others.second, self.isPositive + others.isPositive))
        .filter { $0.1.1 }.flatMap { [[$0.0, $0.1.0], [$0.1.0, $0.0]] })
    var result = self
    var made: Set<[String]> = []
    for index in 0..<count where isPositive[index] {
      for _ in 0..<each {
        // A few tries: where nearly everything belongs together there may be none.
        for _ in 0..<20 {
          let pair = [first[index], second[Int.random(in: 0..<count, using: &random)]]
          guard pair[0] != pair[1], !positives.contains(pair), made.insert(pair).inserted else { continue }
          result.first.append(pair[0])
          result.second.append(pair[1])
          result.isPositive.append(false)
          break
        }
      }
    }
    return result
  }
}

/// Rows shuffled and divided; the same seed divides the same way.
func heldOutSplit(_ count: Int, share: Double, using random: inout some RandomNumberGenerator) -> (
  training: [Int], heldOut: [Int]
) {
  let order = Array(0..<count).shuffled(using: &random)
  let held = min(max(0, count - 1), max(1, Int((Double(count) * share).rounded())))
  return (order.dropFirst(held).sorted(), order.prefix(held).sorted())
}

/// Rows divided so that every class gives its share, and keeps one at least.
func heldOutSplit(labels: [String], share: Double, using random: inout some RandomNumberGenerator) -> (
  training: [Int], heldOut: [Int]
) {
  var (training, held): ([Int], [Int]) = ([], [])
  let classes = Dictionary(grouping: labels.indices) { labels[$0] }
  for label in classes.keys.sorted() {
    let rows = (classes[label] ?? []).shuffled(using: &random)
    let count = min(rows.count - 1, Int((Double(rows.count) * share).rounded()))
    held += rows.prefix(count)
    training += rows.dropFirst(count)
  }
  return (training.sorted(), held.sorted())
}

/// The cosine that divides pairs that belong together from others best: pairs at or above it count as together.
///
/// Complexity: O(n log n).
func bestThreshold(_ cosines: [Float], _ isPositive: [Bool]) -> Double {
  let order = cosines.indices.sorted { cosines[$0] > cosines[$1] }
  var right = isPositive.count { !$0 }
  var (best, threshold) = (right, Double(order.first.map { cosines[$0] } ?? 0) + 1e-6)
  for (place, index) in order.enumerated() {
    right += isPositive[index] ? 1 : -1
    let isTied = place + 1 < order.count && cosines[order[place + 1]] == cosines[index]
    guard right > best, !isTied else { continue }
    best = right
    let next = place + 1 < order.count ? cosines[order[place + 1]] : cosines[index] - 1e-6
    threshold = Double(cosines[index] + next) / 2
  }
  return threshold
}
