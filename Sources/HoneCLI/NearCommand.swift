public import ArgumentParser
import Foundation
public import Hone

struct NearCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "near", abstract: "Rows of a table or collection whose places are near a point, or in a box.",
    discussion: """
      Reads CSV, TSV, XLSX, JSON and JSON Lines (.gz too) with columns of latitude and longitude, or a collection with
      such fields (a file of that name comes first); `hone search` has the same flags. Distances are along the
      surface of a sphere of the Earth's mean radius; the poles and the antimeridian are no borders. --cloak 1km tells
      everything of the centre of a cell of 2 km by 2 km or more instead of the place itself, always the same one, and
      leaves the coordinates out, so that repeated questions cannot locate anybody within a kilometre.
      EXAMPLES
        hone near cities --lat 37.57 --lon 126.98 --radius 50km --where 'population > 100000'
        hone near people.csv --lat 48.2 --lon 16.4 -k 5 --cloak 1km
        hone near islands.tsv --box=-20,175,-10,-175
        hone near places.tsv.gz --columns id,name,lat,lon --lat 0 --lon 0 --decay 10km --json
      """)
  @Argument(help: "A table's file, or a collection.") var source: String
  @OptionGroup var places: PlaceFlags
  @Option(name: .customShort("k"), help: "Rows at most (default: all in a radius or box, else 10).") var count: Int?
  @Option(help: "Only rows of which this holds: comparisons, in, contains, is null, and, or, not.")
  var `where`: String?
  @Option(help: "The columns' names with commas between, for a file without a header.") var columns: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let isFile = FileManager.default.fileExists(atPath: source) || !Home().collectionNames().contains(source)
    var request = NearRequest(isFile ? .file(URL(fileURLWithPath: source)) : .collection(source))
    (request.place, request.limit, request.filter) = (places.options, count, `where`)
    request.columns = columns.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let report = try await reporting { [request] in try Home().near(request) }
    if output.json { return try printJSON(report) }
    let shown = Array(report.columns.prefix(6))
    let head = ["KM"] + (places.decay == nil ? [] : ["SCORE"]) + shown.map { $0.uppercased() }
    printColumns(
      [head]
        + report.rows.map { row in
          [row.distance.map { String(format: "%.3f", $0 / 1000) } ?? "-"]
            + (row.score.map { [String(format: "%.4f", $0)] } ?? []) + shown.map { short(row.values[$0] ?? "") }
        })
    if report.columns.count > shown.count { printError("note: --json shows all \(report.columns.count) columns") }
    if !report.rowsWithoutPlace.isEmpty {
      printError("note: \(report.rowsWithoutPlace.count) of \(report.rowsInFile) rows have no place on Earth")
    }
  }

  private func short(_ text: String) -> String { text.count > 40 ? text.prefix(39) + "…" : text }
}

/// Where rows must be.
struct PlaceFlags: ParsableArguments {
  @Option(help: "Latitude to measure from, -90 to 90 degrees.") var lat: Double?
  @Option(help: "Longitude to measure from, -180 to 180 degrees.") var lon: Double?
  @Option(help: "Only places within: 800m, 50km, 30mi, 12nmi.") var radius: String?
  @Option(help: "Only places in south,west,north,east; --box=… where it begins with a minus.") var box: String?
  @Option(help: "Let a row's score fall with its distance, to a half at this one.") var decay: String?
  @Option(help: "How it falls: exponential, gauss or linear.") var decayShape = DecayShape.exponential
  @Option(help: "Hide places within cells of twice this length.") var cloak: String?
  @Option(help: "The column of latitudes (default: lat or latitude).") var latColumn: String?
  @Option(help: "The column of longitudes (default: lon, lng, long or longitude).") var lonColumn: String?

  var areGiven: Bool { lat != nil || lon != nil || radius != nil || box != nil || decay != nil || cloak != nil }

  var options: PlaceOptions {
    var options = PlaceOptions()
    (options.latitude, options.longitude, options.radius, options.box) = (lat, lon, radius, box)
    (options.decay, options.decayShape, options.cloak) = (decay, decayShape, cloak)
    (options.latitudeColumn, options.longitudeColumn) = (latColumn, lonColumn)
    return options
  }
}

extension DecayShape: ExpressibleByArgument {}
