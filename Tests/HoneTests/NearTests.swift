import Foundation
import Hone
import Testing

private let cities = """
  name,latitude,longitude,population,note
  Seoul,37.566,126.9784,10349312,capital
  Incheon,37.45646,126.70515,2954955,
  Suwon,37.29111,127.00889,1242724,
  Busan,35.10278,129.04028,3678555,
  Suva,-18.14161,178.44149,77366,
  Nowhere,95,0,1,
  Apia,-13.83333,-171.76666,40407,
  Blank,,,5,

  """

private func request(_ bench: Workbench, _ change: (inout NearRequest) -> Void) throws -> NearRequest {
  var request = NearRequest(.file(try bench.file("cities.csv", cities)))
  (request.place.latitude, request.place.longitude) = (37.57, 126.98)
  change(&request)
  return request
}

private func names(_ report: NearReport) -> [String] { report.rows.map { $0.values["name"] ?? "" } }

@Test func citiesNearAPointComeNearestFirst() throws {
  let bench = try Workbench()
  let report = try bench.home.near(request(bench) { $0.place.radius = "50km" })
  #expect(names(report) == ["Seoul", "Incheon", "Suwon"])
  #expect(report.rowsWithoutPlace == [5, 7] && report.rowsInFile == 8)
  #expect(abs((report.rows[1].distance ?? 0) - 27_300) < 300)
  #expect(
    try names(bench.home.near(request(bench) { $0.filter = "population > 2000000 and name != 'Seoul'" })) == [
      "Incheon", "Busan",
    ])
  #expect(try names(bench.home.near(request(bench) { $0.limit = 2 })) == ["Seoul", "Incheon"])
  let box = try bench.home.near(
    request(bench) { ($0.place.latitude, $0.place.longitude, $0.place.box) = (nil, nil, "-20,175,-10,-170") })
  #expect(names(box) == ["Suva", "Apia"] && box.rows[0].distance == nil)
  let decayed = try bench.home.near(request(bench) { ($0.place.decay, $0.limit) = ("27.3km", 2) })
  #expect(abs((decayed.rows[1].score ?? 0) - 0.5) < 0.01)
}

@Test func aCloakHidesCoordinatesAndOrder() throws {
  let bench = try Workbench()
  let first = try bench.home.near(request(bench) { ($0.place.cloak, $0.limit) = ("5km", 3) })
  #expect(first.columns == ["name", "population", "note"] && first.rows[0].values["latitude"] == nil)
  #expect(throws: HoneError.self) {
    try bench.home.near(request(bench) { ($0.place.cloak, $0.filter) = ("5km", "latitude > 37.5") })
  }
  // Twins within one cell are told apart by nothing but their names.
  let center = """
    name,lat,lon
    a,48.2,16.4
    b,48.2001,16.4001

    """
  var twins = NearRequest(.file(try bench.file("twins.csv", center)))
  (twins.place.latitude, twins.place.longitude, twins.place.cloak) = (48.21, 16.41, "1km")
  let rows = try bench.home.near(twins).rows
  #expect(rows.count == 2 && rows[0].distance == rows[1].distance)
}

@Test func whatIsWrongWithARequestForPlacesIsNamed() throws {
  let bench = try Workbench()
  func complaint(_ change: (inout NearRequest) -> Void) throws -> String {
    do {
      _ = try bench.home.near(request(bench, change))
      return ""
    } catch let error as HoneError { return error.message }
  }
  #expect(try complaint { $0.place.latitude = 91 }.contains("-90 to 90"))
  #expect(try complaint { $0.place.longitude = nil }.contains("both"))
  #expect(try complaint { $0.place.radius = "near" }.contains("length"))
  #expect(try complaint { $0.place.box = "1,2" }.contains("south,west,north,east"))
  #expect(try complaint { $0.limit = 0 }.contains("1 or more"))
  #expect(try complaint { $0.filter = "people > 5" }.contains("'people'"))
  #expect(try complaint { $0.filter = "population >" }.contains("column 13"))
  #expect(try complaint { $0.place.latitudeColumn = "y" }.contains("'y'"))
  #expect(try complaint { ($0.place.latitude, $0.place.longitude) = (nil, nil) }.contains("--lat and --lon"))
}

@Test func aFileWithoutAHeaderGetsNames() throws {
  let bench = try Workbench()
  let file = try bench.file("places.tsv", "1\tSeoul\t37.566\t126.9784\n1\tBusan\t35.10278\t129.04028\n")
  let result = try bench.run([
    "near", file.path, "--columns", "id,name,lat,lon", "--lat", "35", "--lon", "129", "-k", "1", "--json",
  ])
  #expect(result.status == 0 && result.out.contains("Busan") && !result.out.contains("Seoul"))
}

/// The cities as a collection, each described by its name.
private func collection(_ bench: Workbench, _ metric: VectorSettings.Metric = .cosine) throws -> (
  SearchCollection, Embedder
) {
  let settings = VectorSettings(metric: metric)
  let collection = try bench.home.makeCollection("cities", model: "hone-static", settings: settings)
  let embedder = try bench.home.embedder("hone-static")
  let items = cities.split(separator: "\n").dropFirst().map { line in
    let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return CollectionItem(
      key: cells[0], text: "the city of \(cells[0])",
      fields: [
        "latitude": FieldValue(cell: cells[1]), "longitude": FieldValue(cell: cells[2]),
        "population": FieldValue(cell: cells[3]),
      ])
  }
  _ = try collection.add(items, embedder)
  return (collection, embedder)
}

@Test(arguments: VectorSettings.Metric.allCases)
func rowsOfACollectionAreFoundByPlaceToo(metric: VectorSettings.Metric) throws {
  let bench = try Workbench()
  let (cities, embedder) = try collection(bench, metric)
  var request = NearRequest(.collection("cities"))
  (request.place.latitude, request.place.longitude, request.place.radius) = (37.57, 126.98, "50km")
  let report = try bench.home.near(request)
  #expect(report.rows.map { $0.values["key"] } == ["Seoul", "Incheon", "Suwon"])
  #expect(report.rowsWithoutPlace == [5, 7])

  var options = SearchOptions()
  options.place = request.place
  let hits = try cities.search("the city of Busan", embedder, options)
  #expect(Set(hits.map(\.key)) == ["Seoul", "Incheon", "Suwon"])
  #expect(hits.allSatisfy { ($0.distance ?? .infinity) <= 50_000 })

  options.place?.radius = nil
  options.topK = 8
  let all = try cities.search("the city of Busan", embedder, options)
  #expect(all.first?.key == "Busan" && all.count == 8 && all.filter { $0.distance == nil }.count == 2)
  options.place?.decay = "20km"
  let near = try cities.search("the city of Busan", embedder, options)
  #expect(near.first?.key == "Seoul" && Set(near.suffix(2).map(\.key)) == ["Nowhere", "Blank"])
  options.legs = .vectors
  let meant = try cities.search("the city of Seoul", embedder, options)
  let scores = meant.map(\.score)
  #expect(meant.first?.key == "Seoul" && meant.filter { $0.distance == nil }.map(\.score) == [0, 0])
  #expect(scores.count == 8 && scores.allSatisfy { $0 >= 0 } && scores == scores.sorted(by: >))
}

@Test func aCloakedSearchTellsNoCoordinates() throws {
  let bench = try Workbench()
  let (cities, embedder) = try collection(bench)
  var options = SearchOptions()
  var place = PlaceOptions()
  (place.latitude, place.longitude, place.cloak) = (37.57, 126.98, "5km")
  options.place = place
  let hits = try cities.search("Seoul", embedder, options)
  #expect(hits.allSatisfy { $0.fields["latitude"] == nil && $0.fields["population"] != nil })
  let open = try bench.home.near(
    request(bench) { $0.limit = 1 })
  let seoul = try #require(hits.first { $0.key == "Seoul" })
  #expect(seoul.distance != open.rows.first?.distance)
  options.filter = "latitude > 37.5"
  #expect(throws: HoneError.self) { try cities.search("Seoul", embedder, options) }
  options.place?.latitude = nil
  options.filter = nil
  #expect(throws: HoneError.self) { try cities.search("Seoul", embedder, options) }
}
