import Foundation
import HoneTestSupport
import Testing

import HoneSearch

/// Locates a place from nothing but answers to "how far is it from here": least squares by the method of Gauss and
/// Newton on the sphere's points, from a start nearby.
///
/// This is the known attack on services that tell distances.
private func trilaterated(from guess: GeoPoint, _ distance: (GeoPoint) -> Double) throws -> GeoPoint {
  var place = guess
  for _ in 0..<60 {
    let metresPerDegree = GeoPoint.earthRadius * .pi / 180
    let east = metresPerDegree * max(0.01, cos(place.latitude * .pi / 180))
    var (a, b, c, x, y) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for angle in stride(from: 0.0, to: 360, by: 40) {
      // Observers at 5 km from the guess; each compares what it is told with what the guess would give.
      let observer = try GeoPoint(
        latitude: place.latitude + 5000 * cos(angle * .pi / 180) / metresPerDegree,
        longitude: place.longitude + 5000 * sin(angle * .pi / 180) / east)
      let residual = distance(observer) - place.distance(to: observer)
      let (north, right) = (-cos(angle * .pi / 180), -sin(angle * .pi / 180))
      (a, b, c) = (a + north * north, b + north * right, c + right * right)
      (x, y) = (x + north * residual, y + right * residual)
    }
    let determinant = a * c - b * b
    let (up, side) = ((c * x - b * y) / determinant, (a * y - b * x) / determinant)
    let scale = min(1, 4000 / max(1, (up * up + side * side).squareRoot()))
    place = try GeoPoint(
      latitude: place.latitude + scale * up / metresPerDegree, longitude: place.longitude + scale * side / east)
  }
  return place
}

/// A person somewhere in the latitudes where people live, and a guess some kilometres away.
private func person(_ random: inout Seeded) throws -> (home: GeoPoint, guess: GeoPoint) {
  let latitude = Double.random(in: -60...65, using: &random)
  let longitude = Double.random(in: -175...175, using: &random)
  func offset() -> Double { Double.random(in: -0.03...0.03, using: &random) }
  return (
    try GeoPoint(latitude: latitude, longitude: longitude),
    try GeoPoint(latitude: latitude + offset(), longitude: longitude + offset())
  )
}

@Test func distancesWithoutACloakLocateAPersonToTheMetre() throws {
  for seed in 0..<50 {
    var random = Seeded(seed)
    let (home, guess) = try person(&random)
    let found = try trilaterated(from: guess) { home.distance(to: $0) }
    #expect(found.distance(to: home) < 5, "seed \(seed): \(found.distance(to: home)) m")
  }
}

@Test func distancesUnderACloakLocateNobodyNearerThanTheCloak() throws {
  let cloak = GeoCloak(metres: 1000)
  var total = 0.0
  let rounds = 100
  for seed in 0..<rounds {
    var random = Seeded(seed)
    let (home, guess) = try person(&random)
    let center = cloak.snapped(home)
    let found = try trilaterated(from: guess) { cloak.snapped(home).distance(to: $0) }
    // The attack finds the cell's centre, and nothing more:
    #expect(found.distance(to: center) < 5, "seed \(seed)")
    // people up to a cloak's length from there, in every direction, give the very same answers.
    for angle in stride(from: 0.0, to: 360, by: 30) {
      let north = 995 * cos(angle * .pi / 180) / (GeoPoint.earthRadius * .pi / 180)
      let east = 995 * sin(angle * .pi / 180) / (GeoPoint.earthRadius * .pi / 180 * cos(center.latitude * .pi / 180))
      let other = try GeoPoint(latitude: center.latitude + north, longitude: center.longitude + east)
      #expect(cloak.snapped(other) == center, "seed \(seed), \(angle)°")
    }
    total += found.distance(to: home)
  }
  // Over the square of a cell the mean distance from its centre is 0.765 of its half side; cells are a little larger.
  #expect(total / Double(rounds) > 600, "\(total / Double(rounds)) m on average")
}

@Test(arguments: [1.0, 50, 1000, 50_000, 2e6, 1e7, 1e9])
func everyPlaceHasOneCellThatIsLargeEnough(metres: Double) throws {
  let cloak = GeoCloak(metres: metres)
  for seed in 0..<500 {
    var random = Seeded(seed)
    let latitude = random.pick([90, -90, 89.99999, 0, Double.random(in: -90...90, using: &random)])
    let longitude = random.pick([180, -180, 0, Double.random(in: -180...180, using: &random)])
    let place = try GeoPoint(latitude: latitude, longitude: longitude)
    let center = cloak.snapped(place)
    #expect(cloak.snapped(center) == center, "seed \(seed)")
    #expect(cloak.snapped(place) == center)
    if abs(latitude) == 90 { #expect(cloak.snapped(try GeoPoint(latitude: latitude, longitude: 33)) == center) }
    if abs(longitude) == 180 {
      #expect(cloak.snapped(try GeoPoint(latitude: latitude, longitude: -longitude)) == center)
    }
  }
}
