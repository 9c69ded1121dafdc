internal import HoneSearch

/// Where rows must be, and what their distance does to them.
public struct PlaceOptions: Sendable, Equatable {
  /// Where to measure from, in degrees; nil: nowhere, with a box alone.
  public var latitude: Double?
  public var longitude: Double?
  /// Lengths such as `50km`.
  public var radius: String?
  /// `south,west,north,east` in degrees; west above east crosses the antimeridian.
  public var box: String?
  /// The length at which a row's score has fallen to a half.
  public var decay: String?
  public var decayShape = DecayShape.exponential
  /// Hides places within cells of twice this length: what is told is told of their centres.
  public var cloak: String?
  /// The columns of the coordinates; nil: by their usual names.
  public var latitudeColumn: String?
  public var longitudeColumn: String?

  public init() {}
}

/// How scores fall with distance: ½^x, ½^(x²) or 1 − x/2, with x the distance over the length of a half.
public enum DecayShape: String, Sendable, Codable, CaseIterable { case exponential, gauss, linear }

/// Options read and checked against the columns there are.
struct WantedPlaces: Sendable {
  /// Names among the columns.
  let latitude: String
  let longitude: String
  let center: GeoPoint?
  let radius: Double?
  let box: GeoBox?
  let decay: DistanceDecay?
  let cloak: GeoCloak?

  /// - Parameter source: what has the columns, for messages.
  /// - Throws: `HoneError` for columns that are not there and options that contradict each other, `GeoError` for what is no
  ///   place and no length.
  init(_ options: PlaceOptions, columns: [String], of source: String) throws {
    func column(_ wanted: String?, _ usual: [String], _ flag: String) throws -> String {
      if let name = columns.first(where: { name in wanted.map { $0 == name } ?? usual.contains(name.lowercased()) }) {
        return name
      }
      throw HoneError(
        "\(source): expected a column \(wanted.map { "'\($0)'" } ?? usual.joined(separator: " or ")), found "
          + (columns.isEmpty ? "none" : columns.prefix(20).joined(separator: ", ")),
        remedy: "name it with \(flag), or all of them with --columns where a file has no header",
        parameter: "columns")
    }
    latitude = try column(options.latitudeColumn, ["lat", "latitude"], "--lat-column")
    longitude = try column(options.longitudeColumn, ["lon", "lng", "long", "longitude"], "--lon-column")
    switch (options.latitude, options.longitude) {
    case (let lat?, let lon?): center = try GeoPoint(latitude: lat, longitude: lon)
    case (nil, nil): center = nil
    default: throw HoneError("place: expected both --lat and --lon, found one", remedy: "give both", parameter: "lat")
    }
    radius = try options.radius.map { try metres(parsing: $0) }
    box = try options.box.map { try GeoBox(parsing: $0) }
    guard center != nil || radius == nil && options.decay == nil && box != nil else {
      throw HoneError(
        "place: expected --lat and --lon, found none", remedy: "give a point to measure from, or a --box alone",
        parameter: "lat")
    }
    decay = try options.decay.map {
      DistanceDecay(shape: .init(rawValue: options.decayShape.rawValue) ?? .exponential, half: try metres(parsing: $0))
    }
    cloak = try options.cloak.map { GeoCloak(metres: try metres(parsing: $0)) }
  }

  /// What is hidden: it is neither told nor can it be asked for by the way of a filter.
  var hidden: Set<String> { cloak == nil ? [] : [latitude, longitude] }

  /// What is told of a row with these coordinates; nil where they are no place on Earth.
  func point(_ latitude: String, _ longitude: String) -> GeoPoint? {
    guard let point = try? GeoPoint(parsing: "\(latitude),\(longitude)") else { return nil }
    return cloak?.snapped(point) ?? point
  }
}

extension HoneError {
  /// What places and filters say, in two parts.
  init(sentence: String) {
    let parts = sentence.split(separator: "; ", maxSplits: 1).map(String.init)
    self.init(parts[0], remedy: parts.count > 1 ? parts[1] : "mend it")
  }
}
