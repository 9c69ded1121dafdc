import Foundation
import HoneTestSupport
import Testing

import HoneSearch

private func point(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
  try GeoPoint(latitude: latitude, longitude: longitude)
}

/// The way on the sphere by another formula, with more digits for points far apart and side by side alike: the angle
/// between two vectors as atan2(|a × b|, a · b).
private func reference(_ a: GeoPoint, _ b: GeoPoint) -> Double {
  func vector(_ point: GeoPoint) -> SIMD3<Double> {
    let (a, b) = (point.latitude * .pi / 180, point.longitude * .pi / 180)
    return SIMD3(cos(a) * cos(b), cos(a) * sin(b), sin(a))
  }
  let (x, y) = (vector(a), vector(b))
  let cross = SIMD3(x.y * y.z - x.z * y.y, x.z * y.x - x.x * y.z, x.x * y.y - x.y * y.x)
  return GeoPoint.earthRadius * atan2((cross * cross).sum().squareRoot(), (x * y).sum())
}

/// Places all over the globe, many of them at poles, at the antimeridian, and twice.
private func places(_ count: Int, seed: Int) throws -> [GeoPoint] {
  var random = Seeded(seed)
  func between(_ low: Double, _ high: Double) -> Double { Double.random(in: low...high, using: &random) }
  var result: [GeoPoint] = []
  while result.count < count {
    switch random.number(0...7) {
    case 0: result.append(try point(random.pick([90, -90, 89.9999, -89.9999]), between(-180, 180)))
    case 1: result.append(try point(between(-90, 90), random.pick([180, -180, 179.9999, -179.9999])))
    case 2: result.append(try point(between(10, 11), between(20, 21)))
    case 3 where !result.isEmpty: result.append(random.pick(result))
    default: result.append(try point(asin(between(-1, 1)) * 180 / .pi, between(-180, 180)))
    }
  }
  return result
}

@Test func knownDistancesComeOut() throws {
  let quarter = GeoPoint.earthRadius * .pi / 2
  #expect(abs(try point(0, 0).distance(to: point(0, 90)) - quarter) < 1e-6)
  #expect(abs(try point(90, 17).distance(to: point(0, -120)) - quarter) < 1e-6)
  #expect(try point(90, 17).distance(to: point(90, -120)) < 1e-6)
  #expect(abs(try point(0, 0).distance(to: point(0, 180)) - 2 * quarter) < 1e-6)
  #expect(try point(12, 180).distance(to: point(12, -180)) < 1e-6)
  // Seoul to Busan on this sphere: 325 km.
  #expect(abs(try point(37.5665, 126.9780).distance(to: point(35.1796, 129.0756)) - 325_100) < 300)
  for seed in 0..<200 {
    let pair = try places(2, seed: seed)
    #expect(abs(pair[0].distance(to: pair[1]) - reference(pair[0], pair[1])) < 0.02, "seed \(seed)")
    #expect(pair[0].distance(to: pair[1]) == pair[1].distance(to: pair[0]))
  }
}

@Test func whatIsNoPlaceIsRefused() throws {
  #expect(throws: GeoError.latitude(90.1)) { try point(90.1, 0) }
  #expect(throws: GeoError.longitude(-180.5)) { try point(0, -180.5) }
  #expect(throws: GeoError.self) { try point(.nan, 0) }
  #expect(throws: GeoError.self) { try point(0, .infinity) }
  #expect(try GeoPoint(parsing: " 37.57, 126.98") == point(37.57, 126.98))
  for text in ["", "1", "1,2,3", "a,b", "1,", "nan,1", "1;2", "1,2x"] {
    #expect(throws: GeoError.notAPoint(found: text)) { try GeoPoint(parsing: text) }
  }
  #expect(try metres(parsing: "50km") == 50_000 && metres(parsing: "800 m") == 800 && metres(parsing: "12") == 12)
  #expect(try metres(parsing: "2MI") == 3218.688 && metres(parsing: "1nmi") == 1852)
  for text in ["", "km", "-1km", "0", "nan", "inf", "1e999km", "5 light years", "1k m m"] {
    #expect(throws: GeoError.notADistance(found: text)) { try metres(parsing: text) }
  }
  #expect(throws: GeoError.upsideDown(south: 5, north: 4)) { try GeoBox(parsing: "5,0,4,1") }
  #expect(throws: GeoError.notABox(found: "1,2,3")) { try GeoBox(parsing: "1,2,3") }
}

@Test func boxesMayCrossTheAntimeridianAndTouchThePoles() throws {
  let fiji = try GeoBox(parsing: "-20,175,-10,-175")
  #expect(try fiji.contains(point(-15, 179)) && fiji.contains(point(-15, -179)) && fiji.contains(point(-15, 180)))
  #expect(try !fiji.contains(point(-15, 0)) && !fiji.contains(point(-15, 174)) && fiji.contains(point(-20, 175)))
  let east = try GeoBox(south: 0, west: 170, north: 10, east: 180)
  #expect(try east.contains(point(5, -180)) && !east.contains(point(5, -179)))
  let north = try GeoBox(south: 80, west: 10, north: 90, east: 20)
  #expect(try north.contains(point(90, -100)) && !north.contains(point(89, -100)))
  #expect(try GeoBox(south: -90, west: -180, north: 90, east: 180).contains(point(12, 34)))
}

@Test(arguments: 0..<12)
func theIndexFindsWhatLookingAtEveryPlaceFinds(seed: Int) throws {
  var random = Seeded(seed)
  let all = try places(random.pick([0, 1, 15, 16, 17, 300, 1500]), seed: seed)
  let index = PlaceIndex(all)
  for center in try places(20, seed: seed + 1000) {
    let admitted = random.flag() ? 1 : 3
    func admits(_ place: Int) -> Bool { place % admitted == 0 }
    let exact = all.indices.filter(admits).map { PlaceHit(place: $0, distance: all[$0].distance(to: center)) }
      .sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }
    let radius = random.pick([0, 1, 1000, 100_000, 3e6, 1.2e7, GeoPoint.earthRadius * .pi, 1e9])
    #expect(index.within(radius, of: center, admits: admits) == exact.filter { $0.distance <= radius })
    for count in [0, 1, 3, 40, 5000] {
      #expect(index.nearest(count, to: center, admits: admits) == Array(exact.prefix(count)), "seed \(seed), \(count)")
    }
    let other = random.pick(all + [center])
    let box = try GeoBox(
      south: min(center.latitude, other.latitude), west: center.longitude, north: max(center.latitude, other.latitude),
      east: other.longitude)
    #expect(index.inside(box) == all.indices.filter { box.contains(all[$0]) })
  }
}

@Test(arguments: DistanceDecay.Shape.allCases)
func aScoreFallsFromOneToAHalfAtTheGivenLength(shape: DistanceDecay.Shape) {
  let decay = DistanceDecay(shape: shape, half: 1000, offset: 200)
  #expect(decay.score(0) == 1 && decay.score(200) == 1 && abs(decay.score(1200) - 0.5) < 1e-12)
  let scores = stride(from: 0.0, to: 5000, by: 10).map { decay.score($0) }
  #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 } && scores.allSatisfy { $0 >= 0 })
}
