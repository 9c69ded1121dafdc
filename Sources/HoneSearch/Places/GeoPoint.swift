internal import Foundation

/// Why something is no place on Earth or no distance, as facts.
package enum GeoError: Error, Equatable, Sendable {
  case notAPoint(found: String)
  case latitude(Double)
  case longitude(Double)
  case notADistance(found: String)
  case notABox(found: String)
  /// The south of a box lies north of its north.
  case upsideDown(south: Double, north: Double)
}

extension GeoError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAPoint(let found):
      "place: expected a latitude and a longitude in degrees, found '\(found)'; write as in 37.57,126.98"
    case .latitude(let value):
      "latitude: expected -90 to 90 degrees, found \(value); latitude comes first, then longitude"
    case .longitude(let value): "longitude: expected -180 to 180 degrees, found \(value); write west as negative"
    case .notADistance(let found):
      "distance: expected a length above 0, found '\(found)'; write as in 800m, 50km, 30mi or 12nmi"
    case .notABox(let found):
      "box: expected south,west,north,east in degrees, found '\(found)'; write as in 33,124,39,132"
    case .upsideDown(let south, let north):
      "box: expected a south below its north, found \(south) and \(north); write south,west,north,east"
    }
  }
}

/// A place on the globe. Units: degrees, north and east positive.
package struct GeoPoint: Sendable, Equatable {
  package let latitude: Double
  package let longitude: Double

  /// The mean radius of the Earth in metres. Source: IUGG, (2a + b) / 3 of GRS 80.
  package static let earthRadius = 6_371_008.8

  /// - Throws: `GeoError.latitude` outside −90 … 90, `.longitude` outside −180 … 180, both for what is no number.
  package init(latitude: Double, longitude: Double) throws(GeoError) {
    guard latitude >= -90, latitude <= 90 else { throw .latitude(latitude) }
    guard longitude >= -180, longitude <= 180 else { throw .longitude(longitude) }
    self.latitude = latitude
    self.longitude = longitude
  }

  /// Reads `37.57,126.98`: latitude, then longitude.
  package init(parsing text: String) throws(GeoError) {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map(number)
    guard numbers.count == 2, let latitude = numbers[0], let longitude = numbers[1] else {
      throw .notAPoint(found: String(text.prefix(60)))
    }
    try self.init(latitude: latitude, longitude: longitude)
  }

  /// Inside the bounds, for results of arithmetic.
  init(clamping latitude: Double, _ longitude: Double) {
    self.latitude = min(90, max(-90, latitude))
    self.longitude = min(180, max(-180, longitude))
  }

  /// The way along the surface of a sphere. Units: metres.
  ///
  /// h = sin²(Δφ/2) + cos φ₁ · cos φ₂ · sin²(Δλ/2), d = 2R · atan2(√h, √(1 − h)): exact to a millimetre also for points
  /// side by side and on opposite sides. Source: Sinnott, "Virtues of the Haversine" (1984).
  package func distance(to other: GeoPoint) -> Double {
    let (a, b) = (latitude * .pi / 180, other.latitude * .pi / 180)
    let (x, y) = (sin((b - a) / 2), sin((other.longitude - longitude) * .pi / 360))
    let h = min(1, max(0, x * x + cos(a) * cos(b) * y * y))
    return 2 * Self.earthRadius * atan2(h.squareRoot(), (1 - h).squareRoot())
  }

  /// The point of the unit sphere.
  var vector: SIMD3<Double> {
    let (a, b) = (latitude * .pi / 180, longitude * .pi / 180)
    return SIMD3(cos(a) * cos(b), cos(a) * sin(b), sin(a))
  }
}

private func number(_ text: Substring) -> Double? {
  let bare = text.drop(while: \.isWhitespace)
  guard let value = Double(String(bare.prefix { !$0.isWhitespace })), value.isFinite else { return nil }
  return value
}

/// Reads a length such as `800m`, `50km`, `30mi`, `12nmi`; without a unit it is in metres.
package func metres(parsing text: String) throws(GeoError) -> Double {
  let bare = text.split(whereSeparator: \.isWhitespace).joined().lowercased()
  let units: [(String, Double)] = [("nmi", 1852), ("km", 1000), ("mi", 1609.344), ("m", 1), ("", 1)]
  for (unit, size) in units where bare.hasSuffix(unit) {
    guard let value = Double(bare.dropLast(unit.count)), value > 0, (value * size).isFinite else { break }
    return value * size
  }
  throw .notADistance(found: String(text.prefix(60)))
}

/// What lies between two latitudes and, going east, between two longitudes, the rims included.
package struct GeoBox: Sendable, Equatable {
  package let south: Double
  package let west: Double
  package let north: Double
  /// Less than `west` for a box that crosses the antimeridian.
  package let east: Double

  package init(south: Double, west: Double, north: Double, east: Double) throws(GeoError) {
    _ = try GeoPoint(latitude: south, longitude: west)
    _ = try GeoPoint(latitude: north, longitude: east)
    guard south <= north else { throw .upsideDown(south: south, north: north) }
    (self.south, self.west, self.north, self.east) = (south, west, north, east)
  }

  /// Reads `south,west,north,east`.
  package init(parsing text: String) throws(GeoError) {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap(number)
    guard numbers.count == 4, text.utf8.count(where: { $0 == UInt8(ascii: ",") }) == 3 else {
      throw .notABox(found: String(text.prefix(60)))
    }
    try self.init(south: numbers[0], west: numbers[1], north: numbers[2], east: numbers[3])
  }

  /// Whether a point is in it. A pole has every longitude, and 180° east is 180° west.
  package func contains(_ point: GeoPoint) -> Bool {
    guard point.latitude >= south, point.latitude <= north else { return false }
    if abs(point.latitude) == 90 { return true }
    func isBetween(_ longitude: Double) -> Bool {
      west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east
    }
    return isBetween(point.longitude) || abs(point.longitude) == 180 && isBetween(-point.longitude)
  }
}

/// How the worth of a place falls with its distance.
package struct DistanceDecay: Sendable, Equatable {
  package enum Shape: String, Sendable, Codable, CaseIterable {
    /// ½^(x)
    case exponential
    /// ½^(x²)
    case gauss
    /// max(0, 1 − x/2)
    case linear
  }

  package let shape: Shape
  /// Where the worth has fallen to a half, counted from `offset`. Units: metres.
  package let half: Double
  /// Up to here the worth is 1. Units: metres.
  package let offset: Double

  package init(shape: Shape = .exponential, half: Double, offset: Double = 0) {
    precondition(half > 0 && offset >= 0, "a decay of \(half) from \(offset)")
    (self.shape, self.half, self.offset) = (shape, half, offset)
  }

  /// From 1 down to 0, with x = (distance − offset) / half.
  package func score(_ distance: Double) -> Double {
    let x = max(0, distance - offset) / half
    switch shape {
    case .exponential: return exp2(-x)
    case .gauss: return exp2(-x * x)
    case .linear: return max(0, 1 - x / 2)
    }
  }
}
