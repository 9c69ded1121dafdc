/// One order out of several.
///
/// Formula: score(row) = Σ over the orders that have it of 1 / (60 + rank), ranks from 1; so an order that is empty takes
/// nothing from anybody. Source: Cormack, Clarke and Büttcher 2009.
package func reciprocalRanks<ID: Hashable & Comparable>(_ orders: [[ID]]) -> [(id: ID, score: Double)] {
  var scores: [ID: Double] = [:]
  for order in orders {
    for (place, id) in order.enumerated() { scores[id, default: 0] += 1 / Double(61 + place) }
  }
  return scores.map { (id: $0.key, score: $0.value) }.sorted {
    $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id
  }
}

/// One order out of several whose scores say how much better one row is than the next.
///
/// Formula: score(row) = Σ over the orders of weight · (s − least) / (most − least), 0 where an order lacks the row, over
/// the weights of the orders that have rows; so an order that is empty takes nothing from anybody.
/// Source: Bruch, Gai and Ingber 2023 (convex combination).
package func combined<ID: Hashable & Comparable>(
  _ orders: [(weight: Double, rows: [(id: ID, score: Double)])]
) -> [(id: ID, score: Double)] {
  let present = orders.filter { !$0.rows.isEmpty && $0.weight > 0 }
  let total = present.reduce(0) { $0 + $1.weight }
  var scores: [ID: Double] = [:]
  for (weight, rows) in present {
    let all = rows.map(\.score)
    let (least, most) = (all.min() ?? 0, all.max() ?? 1)
    for (id, score) in rows {
      let share = most > least ? (score - least) / (most - least) : 1
      scores[id, default: 0] += weight * share / total
    }
  }
  return scores.map { (id: $0.key, score: $0.value) }.sorted {
    $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id
  }
}

/// Chooses rows that are near what is asked for and not near each other: maximal marginal relevance.
///
/// Formula: next = argmax of λ · score(row) − (1 − λ) · max over the chosen of similarity(row, chosen).
/// Source: Carbonell and Goldstein 1998. Complexity: O(count · candidates) similarities.
package func diverse<ID>(
  _ candidates: [(id: ID, score: Double)], count: Int, relevance: Double, similarity: (ID, ID) -> Double
) -> [(id: ID, score: Double)] {
  var left = candidates
  var nearest = [Double](repeating: -.infinity, count: candidates.count)
  var chosen: [(id: ID, score: Double)] = []
  while chosen.count < count, !left.isEmpty {
    let worth = left.indices.map { index in
      relevance * left[index].score - (chosen.isEmpty ? 0 : (1 - relevance) * nearest[index])
    }
    guard let best = worth.indices.max(by: { worth[$0] < worth[$1] || (worth[$0] == worth[$1] && $0 > $1) }) else {
      break
    }
    let next = left.remove(at: best)
    nearest.remove(at: best)
    chosen.append(next)
    for index in left.indices { nearest[index] = max(nearest[index], similarity(left[index].id, next.id)) }
  }
  return chosen
}
