public import Foundation
internal import HoneFiles
internal import HoneSearch

/// Which rows of a table of places are wanted, and around what.
public struct NearRequest: Sendable {
  public var file: URL
  /// Where to measure from, in degrees; nil: nowhere, with a box alone.
  public var latitude: Double?
  public var longitude: Double?
  /// Lengths such as `50km`.
  public var radius: String?
  /// `south,west,north,east` in degrees; west above east crosses the antimeridian.
  public var box: String?
  /// Rows at most; nil: all within radius or box, ten without either.
  public var limit: Int?
  /// A filter such as `population > 100000`.
  public var filter: String?
  /// The length at which a row's score has fallen to a half.
  public var decay: String?
  public var decayShape = DecayShape.exponential
  /// Hides places within cells of twice this length: what is told is told of their centres.
  public var cloak: String?
  /// The columns of the coordinates; nil: by their usual names.
  public var latitudeColumn: String?
  public var longitudeColumn: String?
  /// The names of the columns, for a file of separated values without a header.
  public var columns: [String]?

  public init(file: URL) { self.file = file }
}

/// How scores fall with distance: ½^x, ½^(x²) or 1 − x/2, with x the distance over the length of a half.
public enum DecayShape: String, Sendable, Codable, CaseIterable { case exponential, gauss, linear }

/// A row that was wanted.
public struct NearRow: Sendable, Codable {
  /// From 0, without the header.
  public let row: Int
  /// Units: metres. nil: nothing to measure from.
  public let distance: Double?
  /// From 1 down to 0; nil: no decay was asked for.
  public let score: Double?
  /// The cells that are not empty, by column; without the coordinates where these are hidden.
  public let values: [String: String]
}

public struct NearReport: Sendable, Codable {
  public let rows: [NearRow]
  /// The columns that rows show, in the file's order.
  public let columns: [String]
  public let rowsInFile: Int
  /// Rows that the filter turned away.
  public let filteredOut: Int
  /// Rows whose cells are no place on Earth; they are in no answer.
  public let rowsWithoutPlace: [Int]

  enum CodingKeys: String, CodingKey {
    case rows, columns
    case rowsInFile = "rows_in_file"
    case filteredOut = "filtered_out"
    case rowsWithoutPlace = "rows_without_place"
  }
}

extension Home {
  /// The rows of a table whose places are near a point or in a box, the nearest first.
  ///
  /// Reads CSV, TSV, XLSX, JSON and JSON Lines, packed with gzip or not.
  /// - Throws: `HoneError` for a table without coordinates, and whatever of the request is wrong.
  public func near(_ request: NearRequest) throws -> NearReport {
    do {
      let search = try NearSearch(request)
      return try search.report()
    } catch let error as GeoError {
      throw refusal(error.description)
    } catch let error as FilterError {
      throw refusal(error.description)
    }
  }

  private func refusal(_ sentence: String) -> HoneError {
    let parts = sentence.split(separator: "; ", maxSplits: 1).map(String.init)
    return HoneError(parts[0], remedy: parts.count > 1 ? parts[1] : "mend it")
  }
}

/// A request with everything in it read and checked.
private struct NearSearch {
  private let table: Table
  private let latitude: Int
  private let longitude: Int
  private let center: GeoPoint?
  private let radius: Double?
  private let box: GeoBox?
  private let filter: RowFilter?
  private let decay: DistanceDecay?
  private let cloak: GeoCloak?
  private let limit: Int?

  init(_ request: NearRequest) throws {
    table = try readTable(at: request.file, columns: request.columns).table
    let file = request.file.lastPathComponent
    latitude = try Self.column(request.latitudeColumn, ["lat", "latitude"], in: table, file, flag: "--lat-column")
    longitude = try Self.column(
      request.longitudeColumn, ["lon", "lng", "long", "longitude"], in: table, file, flag: "--lon-column")
    switch (request.latitude, request.longitude) {
    case (let lat?, let lon?): center = try GeoPoint(latitude: lat, longitude: lon)
    case (nil, nil): center = nil
    default: throw HoneError("place: expected both --lat and --lon, found one", remedy: "give both", parameter: "lat")
    }
    radius = try request.radius.map { try metres(parsing: $0) }
    box = try request.box.map { try GeoBox(parsing: $0) }
    guard center != nil || radius == nil && request.decay == nil && box != nil else {
      throw HoneError(
        "place: expected --lat and --lon, found none", remedy: "give a point to measure from, or a --box alone",
        parameter: "lat")
    }
    decay = try request.decay.map {
      DistanceDecay(shape: .init(rawValue: request.decayShape.rawValue) ?? .exponential, half: try metres(parsing: $0))
    }
    cloak = try request.cloak.map { GeoCloak(metres: try metres(parsing: $0)) }
    if let asked = request.limit, asked < 1 {
      throw HoneError("k: expected 1 or more, found \(asked)", remedy: "ask for more", parameter: "k")
    }
    limit = request.limit ?? (radius == nil && box == nil ? 10 : nil)
    // What is hidden cannot be asked for by the way of a filter either.
    let hidden = cloak == nil ? [] : [latitude, longitude]
    let visible = table.columns.indices.filter { !hidden.contains($0) }.map { [columns = table.columns] in columns[$0] }
    filter = try request.filter.map { try RowFilter(parsing: $0).checked(against: visible) }
  }

  private static func column(
    _ wanted: String?, _ usual: [String], in table: Table, _ file: String, flag: String
  ) throws -> Int {
    let found = table.columns.firstIndex { name in wanted.map { $0 == name } ?? usual.contains(name.lowercased()) }
    guard let found else {
      throw HoneError(
        "\(file): expected a column \(wanted.map { "'\($0)'" } ?? usual.joined(separator: " or ")), found "
          + table.columns.prefix(20).joined(separator: ", "),
        remedy: "name it with \(flag), or all of them with --columns where the file has no header",
        parameter: "columns")
    }
    return found
  }

  func report() throws -> NearReport {
    var (points, rows, placeless): ([GeoPoint], [Int], [Int]) = ([], [], [])
    var filteredOut = 0
    for (number, row) in table.rows.enumerated() {
      guard let point = place(of: row) else {
        placeless.append(number)
        continue
      }
      guard isWanted(row) else {
        filteredOut += 1
        continue
      }
      points.append(cloak?.snapped(point) ?? point)
      rows.append(number)
    }
    let hits = find(PlaceIndex(points), points)
    let shown = table.columns.indices.filter { cloak == nil || $0 != latitude && $0 != longitude }
    return NearReport(
      rows: hits.map { hit in
        NearRow(
          row: rows[hit.place], distance: center == nil ? nil : hit.distance,
          score: decay?.score(hit.distance), values: values(of: table.rows[rows[hit.place]], shown))
      },
      columns: shown.map { table.columns[$0] }, rowsInFile: table.rows.count, filteredOut: filteredOut,
      rowsWithoutPlace: placeless)
  }

  private func place(of row: [String]) -> GeoPoint? {
    try? GeoPoint(parsing: "\(row[latitude]),\(row[longitude])")
  }

  private func isWanted(_ row: [String]) -> Bool {
    guard let filter else { return true }
    return filter.matches { name in
      guard let column = table.columns.firstIndex(of: name), !row[column].isEmpty else { return .null }
      return .text(row[column])
    }
  }

  private func values(of row: [String], _ columns: [Int]) -> [String: String] {
    let cells = columns.filter { !row[$0].isEmpty }.map { (table.columns[$0], row[$0]) }
    return Dictionary(cells, uniquingKeysWith: { first, _ in first })
  }

  private func find(_ index: PlaceIndex, _ points: [GeoPoint]) -> [PlaceHit] {
    func isInBox(_ place: Int) -> Bool { box?.contains(points[place]) ?? true }
    let all = limit ?? .max
    guard let center else {
      return (box.map { index.inside($0) } ?? []).prefix(all).map { PlaceHit(place: $0, distance: 0) }
    }
    if let radius { return Array(index.within(radius, of: center, admits: isInBox).prefix(all)) }
    return index.nearest(min(all, points.count), to: center, admits: isInBox)
  }
}
