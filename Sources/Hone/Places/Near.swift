public import Foundation
internal import HoneFiles
internal import HoneSearch

/// Which rows of a table of places are wanted, and around what.
public struct NearRequest: Sendable {
  /// What has rows.
  public enum Source: Sendable, Equatable {
    case file(URL)
    case collection(String)
  }

  public var source: Source
  public var place = PlaceOptions()
  /// Rows at most; nil: all within radius or box, ten without either.
  public var limit: Int?
  /// A filter such as `population > 100000`.
  public var filter: String?
  /// The names of the columns, for a file of separated values without a header.
  public var columns: [String]?

  public init(_ source: Source) { self.source = source }
}

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
      let (table, name) =
        switch request.source {
        case .file(let url): (try readTable(at: url, columns: request.columns).table, url.lastPathComponent)
        case .collection(let name): (try collection(name).table(), name)
        }
      return try NearSearch(request, table, name).report()
    } catch let error as GeoError {
      throw HoneError(sentence: error.description)
    } catch let error as FilterError {
      throw HoneError(sentence: error.description)
    }
  }
}

/// A request with everything in it read and checked.
private struct NearSearch {
  private let table: Table
  private let places: WantedPlaces
  private let filter: RowFilter?
  private let limit: Int?

  init(_ request: NearRequest, _ table: Table, _ name: String) throws {
    let places = try WantedPlaces(request.place, columns: table.columns, of: name)
    if let asked = request.limit, asked < 1 {
      throw HoneError("k: expected 1 or more, found \(asked)", remedy: "ask for more", parameter: "k")
    }
    limit = request.limit ?? (places.radius == nil && places.box == nil ? 10 : nil)
    let visible = table.columns.filter { !places.hidden.contains($0) }
    filter = try request.filter.map { try RowFilter(parsing: $0).checked(against: visible) }
    (self.table, self.places) = (table, places)
  }

  func report() throws -> NearReport {
    var (points, rows, placeless): ([GeoPoint], [Int], [Int]) = ([], [], [])
    var filteredOut = 0
    let latitude = table.columns.firstIndex(of: places.latitude) ?? 0
    let longitude = table.columns.firstIndex(of: places.longitude) ?? 0
    for (number, row) in table.rows.enumerated() {
      guard let point = places.point(row[latitude], row[longitude]) else {
        placeless.append(number)
        continue
      }
      guard isWanted(row) else {
        filteredOut += 1
        continue
      }
      points.append(point)
      rows.append(number)
    }
    let hits = find(PlaceIndex(points), points)
    let shown = table.columns.indices.filter { !places.hidden.contains(table.columns[$0]) }
    return NearReport(
      rows: hits.map { hit in
        NearRow(
          row: rows[hit.place], distance: places.center == nil ? nil : hit.distance,
          score: places.decay?.score(hit.distance), values: values(of: table.rows[rows[hit.place]], shown))
      },
      columns: shown.map { table.columns[$0] }, rowsInFile: table.rows.count, filteredOut: filteredOut,
      rowsWithoutPlace: placeless)
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
    func isInBox(_ place: Int) -> Bool { places.box?.contains(points[place]) ?? true }
    let all = limit ?? .max
    guard let center = places.center else {
      return (places.box.map { index.inside($0) } ?? []).prefix(all).map { PlaceHit(place: $0, distance: 0) }
    }
    if let radius = places.radius {
      return Array(index.within(radius, of: center, admits: isInBox).prefix(all))
    }
    return index.nearest(min(all, points.count), to: center, admits: isInBox)
  }
}
