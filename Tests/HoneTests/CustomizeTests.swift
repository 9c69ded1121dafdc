import Foundation
import Hone
import HoneTestSupport
import Testing

private let words = EmbeddingBench.words

/// Texts of two classes that share most of their words.
private func labelled(_ count: Int) -> (texts: [String], labels: [String]) {
  var random = Seeded(6)
  var (texts, labels): ([String], [String]) = ([], [])
  for number in 0..<count {
    let own = number % 2 == 0 ? ["ferries", "leave"] : ["money", "back"]
    let noise = (0..<4).map { _ in random.pick(["how", "many", "at", "seven", "the", "a"]) }
    texts.append((noise + [random.pick(own)] + ["x\(number)"]).joined(separator: " "))
    labels.append(number % 2 == 0 ? "sea" : "bank")
  }
  return (texts, labels)
}

@Test(arguments: CustomizeRequest.Method.allCases)
func vectorsAreFittedToLabelsAndServedUnderANameOfTheirOwn(method: CustomizeRequest.Method) throws {
  let bench = try EmbeddingBench(window: 16)
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  let (texts, labels) = labelled(80)
  var request = CustomizeRequest(
    model: "small", suffix: "mine", examples: .labels(texts: texts, labels: labels))
  request.method = method
  request.epochs = method == .encoder ? 6 : 20
  request.learningRate = method == .encoder ? 1e-3 : 5e-3
  let report = try home.customize(request)
  #expect(report.model == "small+mine" && report.measure == "probe")
  #expect(report.before.count == 16 && report.after.value >= report.before.value)
  let model = try home.embeddingModel("small+mine")
  #expect(model.info.parent == "small")
  #expect(model.fingerprint != (try home.embeddingModel("small")).fingerprint)
  #expect(try home.verifyModel("small+mine").isWhole)
  let result = try model.embed(["how many ferries", "money back"])
  #expect(Array(result[0]) == Array(try model.embed(["how many ferries"])[0]))
  #expect(throws: HoneError.self) { try home.customize(request) }
}

@Test(arguments: CustomizeRequest.Method.allCases)
func vectorsAreFittedToPairsAndThresholdsComeFromTrainingPairs(method: CustomizeRequest.Method) throws {
  let bench = try EmbeddingBench(window: 16)
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  let (texts, labels) = labelled(120)
  var (first, second, marks): ([String], [String], [Bool]) = ([], [], [])
  for index in 0..<60 {
    first.append(texts[index])
    second.append(texts[119 - index])
    marks.append(labels[index] == labels[119 - index])
    first.append(texts[index])
    second.append(texts[118 - index])
    marks.append(labels[index] == labels[118 - index])
  }
  var request = CustomizeRequest(
    model: "small", suffix: "pairs", examples: .pairs(first: first, second: second, isPositive: marks))
  request.method = method
  let report = try home.customize(request)
  #expect(report.measure == "threshold" && report.thresholds.count == 2)
  #expect(report.before.count == 24 && report.histograms.count == 4)
  let counted: Int = report.histograms[2...].reduce(0) { sum, bins in sum + bins.reduce(0, +) }
  #expect(counted == 24)
  #expect(report.after.value >= 0.5)
}

@Test func examplesOfWhichNothingCanBeLearnedAreRefused() throws {
  let bench = try EmbeddingBench()
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  func complaint(_ examples: CustomizeRequest.Examples) -> String {
    do {
      _ = try home.customize(CustomizeRequest(model: "small", suffix: "x", examples: examples))
      return ""
    } catch { return "\(error)" }
  }
  #expect(complaint(.labels(texts: ["a", "b"], labels: ["x", "x"])).contains("two classes"))
  #expect(complaint(.pairs(first: ["a"], second: ["b"], isPositive: [true])).contains("pairs"))
  #expect(try home.listModels().allSatisfy { !$0.name.contains("+") })
}

@Test func vectorsMadeElsewhereAreTakenOnlyWhereTheyAreThisModels() async throws {
  let bench = try EmbeddingBench()
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  let rows = bench.folder.appendingPathComponent("rows.csv")
  try Data("id,text\n1,how many\n2,money back\n3,a ferry\n".utf8).write(to: rows)
  let out = bench.folder.appendingPathComponent("out.csv")
  _ = try home.embedder("small", caches: false).embedFiles([rows], column: "text", to: out, EmbeddingOptions())
  #expect(try home.vectorCacheCounts().entries == 0)
  #expect(try home.importVectors(from: out, model: "small", textColumn: "text", vectorColumn: "embedding") == 3)
  #expect(try home.vectorCacheCounts().entries == 3)
  // The server's engine finds them.
  let engine = EmbeddingEngine(try home.embedder("small"))
  let result = try await engine.embed([.text("money back"), .text("seven ferries")])
  #expect(try home.vectorCacheCounts().hits == 1)
  let alone = try home.embeddingModel("small").embed(["money back", "seven ferries"])
  #expect(zip(result.values, alone.values).allSatisfy { abs($0 - $1) < 1e-6 })
  let wrong = bench.folder.appendingPathComponent("wrong.csv")
  let numbers = (0..<24).map { _ in "0.2" }.joined(separator: ", ")
  try Data("text,embedding\nhow many,\"[\(numbers)]\"\n".utf8).write(to: wrong)
  #expect(throws: HoneError.self) {
    try home.importVectors(from: wrong, model: "small", textColumn: "text", vectorColumn: "embedding")
  }
  #expect(throws: HoneError.self) {
    try home.importVectors(from: rows, model: "small", textColumn: "text", vectorColumn: "id")
  }
  try home.clearVectorCache()
  #expect(try home.vectorCacheCounts().entries == 0)
  // From a file of vectors alone, row for row.
  let array = bench.folder.appendingPathComponent("out.npy")
  _ = try home.embedder("small", caches: false).embedFiles([rows], column: "text", to: array, EmbeddingOptions())
  #expect(
    try home.importVectors(from: rows, vectors: array, model: "small", textColumn: "text", vectorColumn: "") == 3)
  #expect(throws: HoneError.self) {
    try home.importVectors(from: wrong, vectors: array, model: "small", textColumn: "text", vectorColumn: "")
  }
}

@Test func storedVectorsAreMovedThroughAMatrixAndThoseOfOtherModelsAreNot() throws {
  let bench = try EmbeddingBench(window: 16)
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  let (texts, labels) = labelled(80)
  var request = CustomizeRequest(model: "small", suffix: "mine", examples: .labels(texts: texts, labels: labels))
  (request.epochs, request.learningRate) = (20, 5e-3)
  _ = try home.customize(request)
  let rows = bench.folder.appendingPathComponent("rows.csv")
  try Data("text\nhow many\nmoney back\na ferry\n".utf8).write(to: rows)
  let (stored, moved) = (
    bench.folder.appendingPathComponent("stored.csv"), bench.folder.appendingPathComponent("moved.csv")
  )
  _ = try home.embedder("small", caches: false).embedFiles([rows], column: "text", to: stored, EmbeddingOptions())
  let report = try home.moveVectors(from: stored, to: moved, model: "small+mine")
  #expect(report.rows == 3 && report.model == "small+mine")
  let fresh = try home.embeddingModel("small+mine").embed(["how many", "money back", "a ferry"])
  let vectors = try readVectors(moved)
  #expect(vectors.count == fresh.values.count)
  #expect(zip(vectors, fresh.values).allSatisfy { abs($0 - $1) < 1e-6 })
  // Moved once, they are another model's; and what nobody noted is not guessed.
  func complaint(_ file: URL, _ model: String = "small+mine", madeBy: String? = nil) -> String {
    do {
      _ = try home.moveVectors(
        from: file, to: bench.folder.appendingPathComponent("x.npy"), model: model, madeBy: madeBy)
      return ""
    } catch { return "\(error)" }
  }
  #expect(complaint(moved).contains("cannot be mixed"))
  #expect(complaint(stored, "small").contains("matrix"))
  let bare = bench.folder.appendingPathComponent("bare.csv")
  try FileManager.default.copyItem(at: stored, to: bare)
  #expect(complaint(bare).contains("--made-by"))
  #expect(complaint(bare, madeBy: "hone-static").contains("cannot be mixed"))
  #expect(complaint(bare, madeBy: "small").isEmpty)
}

private func readVectors(_ file: URL) throws -> [Float] {
  try textColumn(of: file, column: "embedding").flatMap { list in
    list.dropFirst().dropLast().split(separator: ",").compactMap { Float($0.filter { $0 != " " }) }
  }
}

@Test func aTuningThatIsInterruptedGoesOnToTheSameBits() throws {
  struct Stop: Error {}
  let bench = try EmbeddingBench(window: 16)
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  let (texts, labels) = labelled(80)
  func request(_ name: String) -> CustomizeRequest {
    var request = CustomizeRequest(model: "small", suffix: name, examples: .labels(texts: texts, labels: labels))
    (request.method, request.epochs, request.batchSize, request.learningRate) = (.encoder, 3, 16, 1e-3)
    return request
  }
  _ = try home.customize(request("whole"))
  var (stops, steps, resumed) = ([3, 7, 11], 0, [Int]())
  while true {
    do {
      _ = try home.customize(request("parts")) { event in
        switch event {
        case .step(let step, let total, _):
          steps = total
          if step == stops.first {
            stops.removeFirst()
            throw Stop()
          }
        case .resumed(let step): resumed.append(step)
        case .epoch: break
        }
      }
      break
    } catch is Stop {}
  }
  #expect(resumed == [3, 7, 11] && steps == 12)
  let vectors = try ["small+whole", "small+parts"].map { name in
    try home.embeddingModel(name, precision: .float32).embed(texts).values
  }
  #expect(vectors[0] == vectors[1])
  #expect(try FileManager.default.contentsOfDirectory(atPath: home.url.appendingPathComponent("jobs").path).isEmpty)
}
