import Foundation
import Hone
import HoneFiles
import HoneKernels
import HoneTokenizers

/// `wordpieces TOKENIZER TEXTS`: the ids of the JSON strings of TEXTS, one a line; prints one JSON array a line.
func wordPieces(_ arguments: [String]) throws {
  guard arguments.count == 2 else { throw UsageError(text: "wordpieces TOKENIZER TEXTS") }
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[0])))
  let tokenizer =
    try arguments[0].hasSuffix(".json")
    ? EncoderTokenizer(tokenizerJSON: bytes) : .wordPiece(WordPieceTokenizer(vocabularyText: bytes))
  var encoder = EncoderTokenizer.Encoder(tokenizer)
  var output = ""
  for text in try jsonTexts(arguments[1]) {
    output += "[" + encoder.encode(text).map(String.init).joined(separator: ",") + "]\n"
  }
  FileHandle.standardOutput.write(Data(output.utf8))
}

/// `embed MODEL TEXTS PRECISION [OUT]`: MODEL is a folder or a name, TEXTS an object of lists `short`, `long`, `query`.
///
/// Prints one line for each task: texts a second in batches, and one short query after the other. OUT: the vectors of
/// `short` and `long`, one after the other, as a NumPy array.
func embed(_ arguments: [String]) throws {
  guard arguments.count >= 3, let precision = EmbeddingPrecision(rawValue: arguments[2]) else {
    throw UsageError(text: "embed MODEL TEXTS fast|float32 [OUT]")
  }
  let model = try Home().embeddingModel(arguments[0], precision: precision)
  let document = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: arguments[1]))))
  func texts(_ name: String) -> [String] { document[name]?.array?.compactMap(\.string) ?? [] }
  var vectors: [Float] = []
  for name in ["short", "long"] {
    let texts = texts(name)
    _ = try model.embed(Array(texts.prefix(64)))
    var seconds: [Double] = []
    var result: EmbeddingResult?
    for _ in 0..<3 {
      let start = ContinuousClock.now
      result = try model.embed(texts)
      seconds.append((ContinuousClock.now - start) / .seconds(1))
    }
    vectors += result?.values ?? []
    report(task: name, seconds: seconds, units: seconds.map { _ in Double(texts.count) })
  }
  var times: [Double] = []
  for round in 0..<4 {
    for text in texts("query") {
      let start = ContinuousClock.now
      _ = try model.embed([text])
      if round > 0 { times.append((ContinuousClock.now - start) / .seconds(1)) }
    }
  }
  times.sort()
  report(task: "one query, p50", seconds: [times[times.count / 2]], units: [1])
  FileHandle.standardError.write(Data("\(model.info.name): \(model.precision), \(model.bytes) bytes\n".utf8))
  guard arguments.count > 3 else { return }
  let writer = try VectorFileWriter(
    to: URL(fileURLWithPath: arguments[3]), format: .npy, columns: [], rows: vectors.count / model.dimensions,
    dimensions: model.dimensions)
  try writer.write([[String]](repeating: [], count: vectors.count / model.dimensions), vectors)
  try writer.finish()
}

private func report(task: String, seconds: [Double], units: [Double]) {
  let list = { (values: [Double]) in "[" + values.map(\.description).joined(separator: ",") + "]" }
  print(
    #"{"task":"\#(task)","seconds":\#(list(seconds)),"units":\#(list(units)),"peak_memory_bytes":\#(peakMemoryBytes())}"#
  )
}

private func jsonTexts(_ path: String) throws -> [String] {
  try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))).split(separator: 0x0A).map {
    try JSONValue(parsing: Array($0)).string ?? ""
  }
}
