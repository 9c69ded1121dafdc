internal import Foundation

/// A place near another, by its number, with the way to it.
package struct PlaceHit: Sendable, Equatable {
  package let place: Int
  /// Units: metres.
  package let distance: Double

  package init(place: Int, distance: Double) {
    self.place = place
    self.distance = distance
  }
}

/// Places to be found by distance: a tree over points of the unit sphere, where nothing is special about the poles and
/// the antimeridian. Its answers are those of looking at every place.
///
///     order   the places, arranged so that each stretch is halved along its widest axis, down to stretches of 16
///     vectors, points   in that arrangement
///
/// Source: Friedman, Bentley and Finkel (1977), with the chord for the way on the sphere: d = 2R · asin(chord / 2).
/// Complexity: O(n log² n) to build, O(log n) for a few neighbours.
package struct PlaceIndex: Sendable {
  private let order: [Int]
  private let points: [GeoPoint]
  private let vectors: [SIMD3<Double>]
  private let planes: [Plane]  // of the stretch that is halved at this slot
  private static let leaf = 16

  /// What divides a stretch: up to `value` along the axis lies its first half, from there on the second.
  private struct Plane {
    var axis = 0
    var value = 0.0
  }

  /// What rounding may add to the square of a chord: the tree decides with this much to spare, the distance exactly.
  private static let slack = 1e-12

  package var count: Int { order.count }

  package init(_ places: [GeoPoint]) {
    let all = places.map(\.vector)
    var order = Array(places.indices)
    planes = Self.arrange(&order, all)
    self.order = order
    points = order.map { places[$0] }
    vectors = order.map { all[$0] }
  }

  /// Halves stretches without recursion: hostile data must not deepen anything.
  private static func arrange(_ order: inout [Int], _ all: [SIMD3<Double>]) -> [Plane] {
    var planes = [Plane](repeating: Plane(), count: order.count)
    var pending = [0..<order.count]
    while let range = pending.popLast() {
      guard range.count > leaf else { continue }
      let axis = widestAxis(order[range].lazy.map { all[$0] })
      order[range].sort { (all[$0][axis], $0) < (all[$1][axis], $1) }
      let middle = (range.lowerBound + range.upperBound) / 2
      planes[middle] = Plane(axis: axis, value: all[order[middle]][axis])
      pending += [range.lowerBound..<middle, middle..<range.upperBound]
    }
    return planes
  }

  private static func widestAxis(_ vectors: some Sequence<SIMD3<Double>>) -> Int {
    var (low, high) = (SIMD3<Double>(repeating: 2), SIMD3<Double>(repeating: -2))
    for vector in vectors { (low, high) = (pointwiseMin(low, vector), pointwiseMax(high, vector)) }
    let width = high - low
    return width.x >= width.y && width.x >= width.z ? 0 : width.y >= width.z ? 1 : 2
  }

  /// The places within a radius, the nearest first; among equals the lower number leads. Units: metres.
  package func within(_ radius: Double, of center: GeoPoint, admits: (Int) -> Bool = { _ in true }) -> [PlaceHit] {
    let chord = radius >= .pi * GeoPoint.earthRadius ? 2 : chord(radius)
    var hits: [PlaceHit] = []
    visit(center.vector, reach: { chord * chord + Self.slack }) { slot in
      let distance = points[slot].distance(to: center)
      if distance <= radius, admits(order[slot]) { hits.append(PlaceHit(place: order[slot], distance: distance)) }
    }
    return hits.sorted(by: isNearer)
  }

  /// The nearest places that `admits` takes, the nearest first; among equals the lower number leads.
  package func nearest(_ limit: Int, to center: GeoPoint, admits: (Int) -> Bool = { _ in true }) -> [PlaceHit] {
    guard limit > 0 else { return [] }
    var best: [PlaceHit] = []
    var reach = 5.0  // more than the square of any chord
    visit(center.vector, reach: { reach }) { slot in
      let hit = PlaceHit(place: order[slot], distance: points[slot].distance(to: center))
      if best.count == limit, let last = best.last, !isNearer(hit, last) { return }
      guard admits(hit.place) else { return }
      best.insert(hit, at: best.partitioningIndex { isNearer(hit, $0) })
      if best.count > limit { best.removeLast() }
      if best.count == limit, let last = best.last {
        let chord = chord(last.distance)
        reach = chord * chord + Self.slack
      }
    }
    return best
  }

  /// The places in a box, by their numbers.
  package func inside(_ box: GeoBox) -> [Int] {
    points.indices.filter { box.contains(points[$0]) }.map { order[$0] }.sorted()
  }

  private func chord(_ distance: Double) -> Double {
    let half = min(distance / (2 * GeoPoint.earthRadius), .pi / 2)
    return 2 * sin(half)
  }

  /// Visits every place whose squared chord to `center` may be at most `reach`, nearer stretches first.
  private func visit(_ center: SIMD3<Double>, reach: () -> Double, _ body: (Int) -> Void) {
    var pending: [(range: Range<Int>, least: Double)] = [(0..<order.count, 0)]
    while let (range, least) = pending.popLast() {
      if least > reach() { continue }
      guard range.count > Self.leaf else {
        for slot in range where squared(vectors[slot] - center) <= reach() { body(slot) }
        continue
      }
      let middle = (range.lowerBound + range.upperBound) / 2
      let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
      let gap = center[planes[middle].axis] - planes[middle].value
      let far = max(least, gap * gap)
      pending += gap < 0 ? [(right, far), (left, least)] : [(left, far), (right, least)]
    }
  }
}

private func squared(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum() }

private func isNearer(_ a: PlaceHit, _ b: PlaceHit) -> Bool { (a.distance, a.place) < (b.distance, b.place) }

extension [PlaceHit] {
  /// The first place for which `belongs` holds, in a list where it holds for all after that.
  fileprivate func partitioningIndex(_ belongs: (PlaceHit) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
