import Foundation
import Hone
import Testing

/// Changes a model's `hone.json`.
func changeInfo(of folder: URL, _ change: (inout [String: Any]) -> Void) throws {
  let file = folder.appendingPathComponent("hone.json")
  var info = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  change(&info)
  try JSONSerialization.data(withJSONObject: info).write(to: file)
}

/// A tuned model, and its folder.
private func tuned(_ bench: Workbench) throws -> (name: String, folder: URL) {
  try bench.makeModel()
  var request = TuneRequest(model: "tiny")
  request.trainingFile = try bench.examples("train.jsonl", count: 12)
  (request.epochs, request.batchSize) = (1, 4)
  let name = try bench.home.tune(request).fineTunedModel
  return (name, bench.home.url.appendingPathComponent("models/\(name)"))
}

@Test(arguments: [false, true]) func anExportAnswersAsTheModelThatWasTrained(bfloat16: Bool) throws {
  let bench = try Workbench()
  let (name, _) = try tuned(bench)
  let probe = try #require(try bench.home.showModel(name).info.probe)
  #expect(probe.tokens.count == 33 && probe.logprobs.count == 32 && Set(probe.logprobs).count > 20)
  let target = bench.folder.appendingPathComponent("copy")
  #expect(try bench.home.exportModel(name, to: target, bfloat16: bfloat16) == [])
  let copy = try bench.home.importModel("copy", from: target)
  let found = try #require(copy.info.probe)
  #expect((found == probe) == !bfloat16)
  // A rounded copy notes its own answers, and is exported again by these.
  #expect(zip(found.logprobs, probe.logprobs).allSatisfy { abs($0 - $1) <= ModelProbe.roundedTolerance })
  try bench.home.exportModel("copy", to: bench.folder.appendingPathComponent("again"), bfloat16: bfloat16)
}

@Test func anExportThatAnswersOtherwiseFailsAndLeavesNothing() throws {
  let bench = try Workbench()
  let (name, folder) = try tuned(bench)
  let weights = folder.appendingPathComponent("model.safetensors")
  var bytes = try Data(contentsOf: weights)
  // The first numbers after the header: some weights of another size, none of them infinite.
  let start = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
  for place in stride(from: start + 2, to: start + 400, by: 4) { bytes[place] ^= 0x70 }
  try bytes.write(to: weights)
  let out = bench.folder.appendingPathComponent("out")
  try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
  for bfloat16 in [false, true] {
    let error = #expect(throws: HoneError.self) {
      try bench.home.exportModel(name, to: out.appendingPathComponent("copy"), bfloat16: bfloat16)
    }
    #expect(error?.code == "model_answers_otherwise")
    #expect(error?.description.contains("\n") == false)
  }
  #expect(try FileManager.default.contentsOfDirectory(atPath: out.path).isEmpty)
}

@Test func aModelWithoutNotedAnswersIsExportedWithANote() throws {
  let bench = try Workbench()
  let (name, folder) = try tuned(bench)
  try changeInfo(of: folder) { $0["probe"] = nil }
  let notes = try bench.home.exportModel(name, to: bench.folder.appendingPathComponent("copy"))
  #expect(notes.count == 1 && notes.first?.contains("not noted") == true)
  // A base model was trained elsewhere.
  #expect(try bench.home.exportModel("tiny", to: bench.folder.appendingPathComponent("base")) == [])
}

@Test(arguments: [[], [7], [-1, 2], [1, 1_000_000], Array(repeating: 1, count: 65)])
func aProbeThatCannotBeAskedIsAMismatch(tokens: [Int]) throws {
  let bench = try Workbench()
  let (name, folder) = try tuned(bench)
  try changeInfo(of: folder) { $0["probe"] = ["tokens": tokens, "logprobs": [-1.5]] }
  let error = #expect(throws: HoneError.self) {
    try bench.home.exportModel(name, to: bench.folder.appendingPathComponent("copy"))
  }
  #expect(error?.code == "model_answers_otherwise")
}
