import Foundation
import Hone
import Testing

private let good = #"{"prompt":"the cat says ->","completion":" meow"}"# + "\n"

private let files: [(name: String, text: String, flags: [String], expected: String)] = [
  ("empty", "", [], "empty"),
  ("notjson", good + "hello\n", [], "line 2"),
  ("list", "[1]\n", [], "line 1"),
  ("noprompt", #"{"completion":" a"}"#, [], "'prompt'"),
  ("nocompletion", #"{"prompt":"a"}"#, [], "'completion'"),
  ("emptycompletion", good + #"{"prompt":"a","completion":""}"#, [], "line 2"),
  ("binary", "\u{0}\u{1}\u{2}", [], "line 1"),
  (
    "oneclass", good + good, ["-v", "FILE", "--compute-classification-metrics", "--classification-n-classes", "2"],
    "at least two"
  ),
  (
    "wrongcount", good + #"{"prompt":"b","completion":" c"}"#,
    ["-v", "FILE", "--compute-classification-metrics", "--classification-n-classes", "5"], "found 5"
  ),
  ("nometricsfile", good, ["--compute-classification-metrics", "--classification-n-classes", "2"], "validation_file"),
  ("toolong", #"{"prompt":"a","completion":""# + String(repeating: "xq ", count: 200) + #""}"#, [], "64"),
]

/// A bad file gives exit status 1, one line of what is wrong, one of what to do, and leaves nothing behind.
@Test(arguments: files.indices)
func aBadTrainingFileIsAClearError(index: Int) throws {
  let bench = try Workbench()
  try bench.makeModel()
  let (name, text, flags, expected) = files[index]
  let file = try bench.file("\(name).jsonl", text).lastPathComponent
  let result = try bench.run(["tune", "-m", "tiny", "-t", file] + flags.map { $0 == "FILE" ? file : $0 })
  #expect(result.status == 1, "\(name): \(result.out) \(result.error)")
  #expect(result.error.contains("error: ") && result.error.contains(expected), "\(name): \(result.error)")
  let lines = result.error.split(separator: "\n").filter { !$0.hasPrefix("warning:") }
  #expect(lines.count <= 2, "\(result.error)")
  let models = try FileManager.default.contentsOfDirectory(atPath: bench.home.url.appendingPathComponent("models").path)
  #expect(models == ["tiny"])
}

@Test func unknownModelsAndFilesAreNamed() throws {
  let bench = try Workbench()
  try bench.makeModel()
  #expect(try bench.run(["complete", "-m", "nobody", "-p", "x"]).error.contains("'nobody'"))
  let missing = try bench.run(["tune", "-m", "tiny", "-t", "nowhere.jsonl"])
  #expect(missing.status == 1 && missing.error.contains("nowhere.jsonl"))
  #expect(try bench.run(["tune", "--no-such-flag"]).status == 64)
}

@Test func aDamagedModelIsAnErrorAndNoTrap() throws {
  let bench = try Workbench()
  try bench.makeModel()
  let weights = bench.home.url.appendingPathComponent("models/tiny/model.safetensors")
  let bytes = try Data(contentsOf: weights)
  for count in [0, 4, 100, bytes.count / 2, bytes.count - 1] {
    try bytes.prefix(count).write(to: weights)
    let result = try bench.run(["complete", "-m", "tiny", "-p", "x"])
    #expect(result.status == 1 && result.error.contains("model.safetensors"), "\(count): \(result.error)")
  }
  try bytes.write(to: weights)
  let config = bench.home.url.appendingPathComponent("models/tiny/config.json")
  for text in [
    "", "{}", "[[[", #"{"vocab_size":-1}"#, #"{"vocab_size":9999999999999999999}"#,
    String(repeating: "[", count: 100_000),
  ] {
    try Data(text.utf8).write(to: config)
    let result = try bench.run(["complete", "-m", "tiny", "-p", "x"])
    #expect(result.status == 1 && result.error.contains("config.json"), "\(text.prefix(30)): \(result.error)")
  }
}
