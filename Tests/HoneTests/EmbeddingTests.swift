import Foundation
import Hone
import HoneFiles
import HoneModels
import HoneTestSupport
import Testing

/// A small random encoder in a folder of its own, and a home.
final class EmbeddingBench {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-embed-\(UUID().uuidString)")
  var home: Home { Home(folder.appendingPathComponent("home")) }
  var encoder: URL { folder.appendingPathComponent("encoder") }
  static let words = ["how", "many", "ferries", "leave", "at", "seven", "money", "back", "the", "a"]

  init(window: Int = 12, pooling: String = "mean", prompts: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(
      at: encoder.appendingPathComponent("1_Pooling"), withIntermediateDirectories: true)
    let pieces =
      ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", ":", "."] + Self.words
      + "abcdefghijklmnopqrstuvwxyz".flatMap { ["\($0)", "##\($0)"] }
    let config = try BERTConfig(
      vocabSize: pieces.count, positionCount: 16, hiddenSize: 24, layerCount: 2, headCount: 3, innerSize: 40)
    var weights = BERTWeights(zerosFor: config)
    var random = Seeded(9)
    weights.forEachArray { decays, values in
      let noise = random.values(values.count)
      for i in values.indices { values[i] = decays ? noise[i] * 0.4 : 1 + noise[i] * 0.2 }
    }
    try Safetensors.write(
      weights.tensors(of: config).map { (name: $0.tensor.name, shape: $0.tensor.shape, values: $0.values) },
      to: file("model.safetensors"))
    try write(
      """
      {"model_type": "bert", "vocab_size": \(pieces.count), "max_position_embeddings": 16, "type_vocab_size": 2,
       "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 40,
       "hidden_act": "gelu", "layer_norm_eps": 1e-12}
      """, "config.json")
    try write(pieces.joined(separator: "\n") + "\n", "vocab.txt")
    try write(
      """
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
       {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
      """, "modules.json")
    try write("{\"pooling_mode_\(pooling)_tokens\": true, \"pooling_mode_cls_token\": false}", "1_Pooling/config.json")
    try write("{\"max_seq_length\": \(window), \"do_lower_case\": false}", "sentence_bert_config.json")
    let prompts = prompts.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
    try write("{\"prompts\": {\(prompts)}, \"default_prompt_name\": null}", "config_sentence_transformers.json")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String) -> URL { encoder.appendingPathComponent(name) }

  func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: file(name)) }

  /// The encoder in the home, under the name `small`.
  func pulled() throws -> Home {
    _ = try home.importModel("small", from: encoder)
    return home
  }

  func words(_ count: Int) -> String {
    (0..<count).map { Self.words[($0 * 7) % Self.words.count] }.joined(separator: " ")
  }
}

private func cosine(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

@Test func vectorsHaveLengthOneAndAreTheSameAloneAndTogether() throws {
  let bench = try EmbeddingBench()
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  let model = try home.embeddingModel("small")
  let texts = (1...40).map { EmbeddingBench.words.prefix($0 % 9 + 1).joined(separator: " ") + " \($0)." }
  let together = try model.embed(texts)
  for (index, text) in texts.enumerated() {
    #expect(abs(cosine(together[index], together[index]) - 1) < 1e-6)
    #expect(Array(try model.embed([text])[0]) == Array(together[index]))
  }
}

@Test func aLongTextIsEmbeddedInPiecesOfWhichEveryTokenCounts() throws {
  let bench = try EmbeddingBench()
  let model = try bench.pulled().embeddingModel("small", precision: .float32)
  #expect(model.window == 10)
  let text = bench.words(25)
  let result = try model.embed([text])
  #expect((result.tokenCounts, result.pieceCounts, result.lostTokens) == ([25], [3], [0]))
  // The reference: its pieces alone, weighted by their tokens.
  let tokens = model.tokens(of: text)
  let pieces = [tokens[0..<8], tokens[8..<16], tokens[16..<25]].map { EmbeddingInput.tokens(Array($0)) }
  let parts = try model.embed(pieces)
  var sum = [Float](repeating: 0, count: model.dimensions)
  for (index, count) in [8, 8, 9].enumerated() {
    for (i, value) in parts[index].enumerated() { sum[i] += Float(count) * value }
  }
  let length = cosine(sum, sum).squareRoot()
  #expect(abs(cosine(sum, result[0]) / length - 1) < 1e-6)
  // A change at the very end is seen.
  #expect(cosine(try model.embed([text + " money"])[0], result[0]) < 0.99999)
}

@Test func whoeverWantsItOtherwiseIsToldWhatIsLost() throws {
  let bench = try EmbeddingBench()
  let model = try bench.pulled().embeddingModel("small")
  let cut = try model.embed([bench.words(25), "how many"], EmbeddingOptions(long: .truncate))
  #expect((cut.pieceCounts, cut.lostTokens) == ([1, 1], [15, 0]))
  #expect(Array(cut[0]) == Array(try model.embed([bench.words(10)])[0]))
  do {
    _ = try model.embed(["how many", bench.words(11)], EmbeddingOptions(long: .error))
    Issue.record("a long text was taken")
  } catch let error as HoneError {
    #expect(error.message.contains("input 1") && error.message.contains("10 tokens") && error.message.contains("11"))
  }
}

@Test func whatCannotBeEmbeddedIsNamed() throws {
  let bench = try EmbeddingBench()
  let model = try bench.pulled().embeddingModel("small")
  func complaint(_ inputs: [EmbeddingInput], _ options: EmbeddingOptions = EmbeddingOptions()) -> String {
    do {
      _ = try model.embed(inputs, options)
      return ""
    } catch { return "\(error)" }
  }
  #expect(complaint([.text("how"), .text("")]).contains("input 1: expected text, found an empty string"))
  #expect(complaint([.tokens([])]).contains("empty list"))
  #expect(complaint([.tokens([1, 99_999])]).contains("99999"))
  #expect(complaint([.tokens([-1])]).contains("-1"))
  #expect(complaint([.text(bench.words(8192))]).contains("found 8192"))
  #expect(complaint([.text("how")], EmbeddingOptions(dimensions: 25)).contains("1 to 24, found 25"))
  #expect(complaint([.text("how")], EmbeddingOptions(task: "dance")).contains("task"))
  #expect(try model.embed([bench.words(8191)]).tokenCounts == [8191])
  #expect(try model.embed([" "]).tokenCounts == [0])
}

@Test func fewerDimensionsAreTheFirstOnesMadeToLengthOne() throws {
  let bench = try EmbeddingBench()
  defer { withExtendedLifetime(bench) {} }
  let model = try bench.pulled().embeddingModel("small")
  let whole = try model.embed(["how many"])[0]
  let cut = try model.embed(["how many"], EmbeddingOptions(dimensions: 5))[0]
  let length = cosine(whole.prefix(5), whole.prefix(5)).squareRoot()
  #expect(cut.count == 5)
  #expect(zip(whole, cut).allSatisfy { abs($0 / length - $1) < 1e-6 })
}

@Test func aTaskPutsTheModelsPromptInFront() throws {
  let bench = try EmbeddingBench(prompts: ["query": "query: "])
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  let model = try home.embeddingModel("small")
  let plain = try model.embed(["how many"])
  #expect(try model.embed(["how many"], EmbeddingOptions(task: "query")) == model.embed(["query: how many"]))
  #expect(try model.embed(["how many"], EmbeddingOptions(task: "document")) == plain)
}

@Test func theCacheGivesTheSameVectorsAndKeepsThem() throws {
  let bench = try EmbeddingBench()
  let home = try bench.pulled()
  let texts = ["how many", bench.words(25), "the ferries"].map { EmbeddingInput.text($0) }
  let first = try home.embedder("small").embed(texts)
  let second = try home.embedder("small").embed(Array(texts.reversed()) + [.text("money back")])
  for (index, other) in [2, 1, 0].enumerated() { #expect(Array(second[index]) == Array(first[other])) }
  #expect(second.tokenCounts == [2, 25, 2, 2] && second.pieceCounts == [1, 3, 1, 1])
  let rows = bench.folder.appendingPathComponent("rows.csv")
  try Data("id,text\n1,how many\n2,money back\n3,a ferry\n".utf8).write(to: rows)
  let report = try home.embedder("small").embedFiles(
    [rows], column: "text", to: bench.folder.appendingPathComponent("out.csv"), EmbeddingOptions())
  #expect((report.rows, report.fromCache) == (3, 2))
  #expect(FileManager.default.fileExists(atPath: bench.folder.appendingPathComponent("out.csv.meta.json").path))
}

@Test func rowsWithoutTextAreNamedAndNothingIsWritten() throws {
  let bench = try EmbeddingBench()
  let home = try bench.pulled()
  let rows = bench.folder.appendingPathComponent("rows.csv")
  try Data("text,n\nhow many,1\n,2\nmoney,3\n,4\n".utf8).write(to: rows)
  let out = bench.folder.appendingPathComponent("out.npy")
  do {
    _ = try home.embedder("small").embedFiles([rows], column: "text", to: out, EmbeddingOptions())
    Issue.record("empty rows were taken")
  } catch let error as HoneError {
    #expect(error.message.contains("row 2, 4"))
  }
  #expect(
    try FileManager.default.contentsOfDirectory(atPath: bench.folder.path).sorted() == ["encoder", "home", "rows.csv"])
}

@Test func aPulledEncoderIsVerifiedAgainstWhatWasNoted() throws {
  let bench = try EmbeddingBench()
  let home = try bench.pulled()
  let found = try home.verifyModel("small")
  #expect(found.isWhole && found.difference == 0 && (found.fastCosine ?? 0) > 0.9995)
  let summary = try home.showModel("small")
  #expect(summary.kind == .encoder && summary.contextLength == 12 && summary.dimensions == 24)
  // Another weight gives other vectors.
  let file = home.url.appendingPathComponent("models/small/model.safetensors")
  var bytes = [UInt8](try Data(contentsOf: file))
  for place in stride(from: bytes.count - 4000, to: bytes.count, by: 4) { bytes[place + 2] ^= 0x40 }
  try Data(bytes).write(to: file)
  #expect(try !home.verifyModel("small").isWhole)
}

@Test(arguments: [
  ("modules.json", "[{\"type\": \"sentence_transformers.models.Dense\", \"path\": \"2_Dense\"}]", "Dense"),
  ("modules.json", "{}", "modules.json"),
  ("modules.json", "[{\"type\": \"x.Pooling\", \"path\": \"../x\"}]", "pooling"),
  ("1_Pooling/config.json", "{\"pooling_mode_lasttoken\": true}", "lasttoken"),
  ("sentence_bert_config.json", "{\"max_seq_length\": 500}", "500"), ("sentence_bert_config.json", "[]", "object"),
  ("config.json", "{\"model_type\": \"bert\"}", "vocab_size"), ("vocab.txt", "a\nb\n", "[UNK]"),
  ("vocab.txt", "", "[UNK]"),
  ("model.safetensors", "no tensors", "model.safetensors"),
])
func aFolderWithAWrongFileIsRefusedAndNothingIsKept(file: String, text: String, word: String) throws {
  let bench = try EmbeddingBench()
  try bench.write(text, file)
  do {
    _ = try bench.home.importModel("small", from: bench.encoder)
    Issue.record("\(file) was taken")
  } catch {
    #expect("\(error)".contains(word), "\(error)")
  }
  #expect(
    (try? FileManager.default.contentsOfDirectory(atPath: bench.home.url.appendingPathComponent("models").path)) ?? []
      == [])
}

@Test func aStaticModelIsDistilledFittedAndUsed() throws {
  let bench = try EmbeddingBench()
  let home = try bench.pulled()
  var options = DistillOptions()
  options.dimensions = 16
  var losses: [Double] = []
  options.epochs = 30
  let words = EmbeddingBench.words
  let texts: [String] = (0..<300).map { number in
    let chosen: [String] = (0..<(number % 5 + 2)).map { place in words[(number * 3 + place * place) % 10] }
    return chosen.joined(separator: " ")
  }
  let summary = try #require(
    try home.distill("small", to: "table", texts: texts, options) { event in
      if case .epoch(_, let loss) = event { losses.append(loss) }
    })
  #expect(summary.kind == .encoder && summary.dimensions == 16 && summary.contextLength == nil)
  #expect(losses.count == 30 && losses[29] < losses[0])
  let model = try home.embeddingModel("table")
  #expect((model.precision, model.window) == ("int8", nil))
  let result = try model.embed(["how many ferries", "how many ferries", "money back", " "])
  #expect(Array(result[0]) == Array(result[1]))
  #expect(cosine(result[0], result[2]) < 0.999)
  #expect(result.values.allSatisfy { $0.isFinite })
  #expect(try home.verifyModel("table").isWhole)
}

@Test func aNameMayMeanAnotherModel() throws {
  let bench = try EmbeddingBench()
  defer { withExtendedLifetime(bench) {} }
  let home = try bench.pulled()
  #expect(try home.encoderMeant(by: "text-embedding-ada-002").model == "hone-static")
  try home.setAlias("text-embedding-ada-002", to: "small")
  #expect(try home.listAliases().map { [$0.name, $0.model] } == [["text-embedding-ada-002", "small"]])
  #expect(try home.embeddingModel("text-embedding-ada-002").info.name == "small")
  let query = try home.encoderMeant(by: "text-search-ada-query-001")
  #expect((query.model, query.task) == ("hone-static", "query"))
  #expect(try home.encoderMeant(by: "text-search-babbage-doc-001").task == "document")
  try home.setAlias("text-embedding-ada-002", to: nil)
  #expect(try home.listAliases().isEmpty)
  #expect(throws: HoneError.self) { try home.setAlias("x", to: "nobody") }
  #expect(throws: HoneError.self) { try home.setAlias("x", to: nil) }
}

/// A small random MPNet with a tokenizer of its family.
private func makeMPNet(_ bench: EmbeddingBench) throws {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let tokenizer = try Data(contentsOf: tests.appending(path: "HoneTokenizersTests/Golden/encoder-mpnet.json"))
  try tokenizer.write(to: bench.file("tokenizer.json"))
  try FileManager.default.removeItem(at: bench.file("vocab.txt"))
  let count = 600
  let config = try BERTConfig(
    vocabSize: count, positionCount: 18, typeCount: 0, hiddenSize: 24, layerCount: 1, headCount: 3, innerSize: 40,
    family: .mpNet, paddingToken: 1)
  var weights = BERTWeights(zerosFor: config)
  var random = Seeded(3)
  weights.forEachArray { decays, values in
    let noise = random.values(values.count)
    for i in values.indices { values[i] = decays ? noise[i] * 0.4 : 1 + noise[i] * 0.2 }
  }
  try Safetensors.write(
    weights.tensors(of: config).map { (name: $0.tensor.name, shape: $0.tensor.shape, values: $0.values) },
    to: bench.file("model.safetensors"))
  try bench.write(
    """
    {"model_type": "mpnet", "vocab_size": \(count), "max_position_embeddings": 18, "hidden_size": 24,
     "num_hidden_layers": 1, "num_attention_heads": 3, "intermediate_size": 40, "pad_token_id": 1}
    """, "config.json")
}

@Test func anEncoderOfAnotherFamilyEmbedsAndBecomesAStaticModel() throws {
  let bench = try EmbeddingBench()
  try makeMPNet(bench)
  let home = try bench.pulled()
  let model = try home.embeddingModel("small")
  let found = try model.embed(["delicious beans", "delicious green beans that are cooked for many hours"])
  #expect(abs(cosine(found[0], found[0]) - 1) < 1e-6 && found.pieceCounts[1] > 1)
  _ = try home.verifyModel("small")

  var options = DistillOptions()
  options.dimensions = 8
  _ = try home.distill("small", to: "still", options)
  let still = try home.embeddingModel("still")
  let vectors = try still.embed(["delicious beans"])
  #expect(still.tokens(of: "delicious beans") == model.tokens(of: "delicious beans"))
  #expect(vectors.dimensions == 8 && abs(cosine(vectors[0], vectors[0]) - 1) < 1e-5)
}
