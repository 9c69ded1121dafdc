internal import Foundation

/// Hides where in its cell a place lies: everything that is told of a place is told of its cell's centre.
///
/// The globe is cut into bands of equal height, and each band into cells of equal width, all at least twice the cloak
/// high and wide; the bands at the poles are one cell each. Distances, order, filters by distance and boxes all use the
/// centre, so no questions, however many, tell two places of a cell apart: who locates by distances finds the centre,
/// and the place may be as far from it as the cloak in any direction. No key and no chance is in it, so that answers
/// can be repeated.
package struct GeoCloak: Sendable, Equatable {
  /// Units: metres.
  package let metres: Double
  private let bands: Int

  /// `metres`: above 0; what exceeds the globe hides everything in two cells.
  package init(metres: Double) {
    precondition(metres > 0, "a cloak of \(metres)")
    self.metres = metres
    bands = max(2, Int(min(1e9, .pi * GeoPoint.earthRadius / (2 * metres))))
  }

  /// The centre of the cell that a place lies in.
  package func snapped(_ point: GeoPoint) -> GeoPoint {
    let height = 180 / Double(bands)
    let band = min(bands - 1, Int((point.latitude + 90) / height))
    if band == 0 { return GeoPoint(clamping: -90, 0) }
    if band == bands - 1 { return GeoPoint(clamping: 90, 0) }
    let (south, north) = (Double(band) * height - 90, Double(band + 1) * height - 90)
    let narrowest = cos(max(abs(south), abs(north)) * .pi / 180) * 2 * .pi * GeoPoint.earthRadius
    let cells = max(1, Int(min(1e9, narrowest / (2 * metres))))
    let width = 360 / Double(cells)
    // 180° east is 180° west.
    let longitude = point.longitude == 180 ? -180 : point.longitude
    let cell = min(cells - 1, Int((longitude + 180) / width))
    return GeoPoint(clamping: (south + north) / 2, (Double(cell) + 0.5) * width - 180)
  }
}
