import Foundation
import Hone
import HoneTestSupport
import Testing

private func classification(_ bench: Workbench) throws -> TuneRequest {
  var request = TuneRequest(model: "tiny")
  request.trainingFile = try bench.examples("train.jsonl", count: 60)
  request.validationFile = try bench.examples("valid.jsonl", count: 15, offset: 60)
  request.computeClassificationMetrics = true
  request.classCount = 3
  request.epochs = 8
  request.batchSize = 4
  request.learningRate = 0.01
  request.suffix = "Animal  Sounds!"
  return request
}

@Test func aClassifierLearnsItsExamples() throws {
  let bench = try Workbench()
  try bench.makeModel()
  let result = try bench.home.tune(try classification(bench))
  #expect((result.metrics["classification/accuracy"] ?? 0) > 0.9)
  #expect(result.fineTunedModel.hasPrefix("tiny:ft-personal:animal-sounds-"))
  #expect(result.report?.contains("meow") == true)
  var request = CompletionRequest(prompt: "the cow number 3 says ->")
  request.maxTokens = 1
  request.temperature = 0
  request.logprobs = 3
  let answer = try bench.home.complete(model: result.fineTunedModel, request)
  #expect(answer.choices.first?.text.hasPrefix(" m") == true)
  let info = try bench.home.showModel(result.fineTunedModel).info
  #expect(info.parent == "tiny" && info.base == "tiny")
  #expect(info.template.separator?.hasSuffix("says ->") == true)
  #expect(info.template.labels?.count == 3)
}

@Test func theSameRequestGivesTheSameBits() throws {
  let bench = try Workbench()
  try bench.makeModel()
  var request = try classification(bench)
  request.epochs = 2
  request.dropout = 0.1
  let outputs = try ["a", "b"].map { name -> URL in
    let folder = bench.folder.appendingPathComponent(name)
    _ = try bench.home.tune(request, output: folder)
    return folder
  }
  for file in ["model/model.safetensors", "compiled_results.csv"] {
    let bytes = try outputs.map { try Data(contentsOf: $0.appendingPathComponent(file)) }
    #expect(bytes[0] == bytes[1])
  }
}

@Test func trainingGoesOnFromATunedModel() throws {
  let bench = try Workbench()
  try bench.makeModel()
  var request = try classification(bench)
  request.epochs = 1
  let first = try bench.home.tune(request)
  request.model = first.fineTunedModel
  let second = try bench.home.tune(request)
  #expect(second.fineTunedModel.hasPrefix("tiny:ft-personal:"))
  #expect(second.fineTunedModel != first.fineTunedModel)
  #expect((second.validationLoss ?? 9) < (first.validationLoss ?? 0))
}

@Test func theResultsFileHasTheColumnsOfTheService() throws {
  let bench = try Workbench()
  try bench.makeModel()
  let output = bench.folder.appendingPathComponent("out")
  _ = try bench.home.tune(try classification(bench), output: output)
  let lines = try String(contentsOf: output.appendingPathComponent("compiled_results.csv"), encoding: .utf8)
    .split(separator: "\n", omittingEmptySubsequences: false)
  #expect(
    lines[0]
      == "step,elapsed_tokens,elapsed_examples,training_loss,training_sequence_accuracy,training_token_accuracy,validation_loss,validation_sequence_accuracy,validation_token_accuracy,classification/accuracy,classification/weighted_f1_score"
  )
  #expect(lines.count == 1 + 8 * 15 + 1)
  let last = lines[lines.count - 2].split(separator: ",", omittingEmptySubsequences: false)
  #expect(last[0] == "120" && last[2] == "480")
  #expect(last.allSatisfy { !$0.isEmpty })
}

@Test func plainTextsTrainAndTellPerplexity() throws {
  let bench = try Workbench()
  try bench.makeModel()
  let texts = try bench.file(
    "stories.jsonl", (0..<80).map { #"{"story":"the cat number \#($0) says -> meow"}"# }.joined(separator: "\n"))
  var request = TuneRequest(model: "tiny")
  request.text = TuneRequest.TextSource(files: [texts], column: "story", maxLength: 20, validFraction: 0.25)
  request.learningRate = 0.01
  request.epochs = 3
  let result = try bench.home.tune(request)
  let (before, after) = (try #require(result.perplexityBefore), try #require(result.perplexity))
  #expect(after < before / 5)
}

/// The run is killed again and again at random instants; it ends in the bits of a run that nobody killed.
@Test func aKilledRunGoesOnToTheSameBits() throws {
  let bench = try Workbench()
  try bench.makeModel()
  _ = try bench.examples("train.jsonl", count: 300)
  _ = try bench.examples("valid.jsonl", count: 30, offset: 300)
  let arguments = [
    "tune", "-t", "train.jsonl", "-v", "valid.jsonl", "-m", "tiny", "--compute-classification-metrics",
    "--classification-n-classes", "3", "--n-epochs", runsEverything ? "20" : "8", "--batch-size", "2",
    "--learning-rate", "0.003", "--output",
  ]
  let clean = try bench.run(arguments + ["clean"])
  #expect(clean.status == 0, "\(clean.error)")
  var kills = 0
  let wanted = runsEverything ? 50 : 6
  var generator = SystemRandomNumberGenerator()
  while kills < wanted {
    let killed = try bench.run(
      arguments + ["killed"],
      killedAfter: .milliseconds(Int.random(in: 5...(runsEverything ? 900 : 450), using: &generator)))
    if killed.status == 0 {
      try compare(bench)
      try FileManager.default.removeItem(at: bench.folder.appendingPathComponent("killed"))
    } else {
      kills += 1
    }
  }
  let last = try bench.run(arguments + ["killed"])
  #expect(last.status == 0, "\(last.error)")
  try compare(bench)
}

private func compare(_ bench: Workbench) throws {
  for file in ["model/model.safetensors", "compiled_results.csv"] {
    let bytes = try ["clean", "killed"].map {
      try Data(contentsOf: bench.folder.appendingPathComponent($0).appendingPathComponent(file))
    }
    #expect(bytes[0] == bytes[1], "\(file) differs")
  }
}
