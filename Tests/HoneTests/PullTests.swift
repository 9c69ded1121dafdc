import Foundation
import Hone
import HoneFiles
import Testing

/// A hub that serves a small model of ours, and the bytes of its weights.
private func hub(_ bench: Workbench) throws -> (hub: TinyHub, weights: Data) {
  try bench.makeModel()
  let folder = bench.folder.appendingPathComponent("exported")
  try bench.home.exportModel("tiny", to: folder)
  var files: [String: Data] = [:]
  for name in ["config.json", "model.safetensors", "vocab.json", "merges.txt", "tokenizer.json"] {
    files[name] = try Data(contentsOf: folder.appendingPathComponent(name))
  }
  let entries = files.sorted { $0.key < $1.key }.map { name, data -> String in
    let large = name.hasSuffix(".safetensors") ? #","lfs":{"oid":"\#(sha256(of: [UInt8](data)))"}"# : ""
    let hash = #""oid":"\#(gitBlobHash(of: data))""#
    return #"{"type":"file","path":"\#(name)",\#(hash),"size":\#(data.count)\#(large)}"#
  }
  let strange = #"{"path":"model-/../../../escape.safetensors","size":3}, {"path":"README.md","size":5}"#
  let list = "[\(entries.joined(separator: ",")), \(strange)]"
  return (try TinyHub(files: files, list: Data(list.utf8)), try #require(files["model.safetensors"]))
}

@Test func pullGetsAModelGoesOnAfterAnInterruptionAndChecksWhatItGot() throws {
  let bench = try Workbench()
  let (hub, weights) = try hub(bench)
  defer { hub.stop() }
  let environment = ["HF_ENDPOINT": hub.endpoint, "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"]

  hub.set(TinyHub.Faults(damages: true))
  let damaged = try bench.run(["pull", "someone/small"], environment: environment)
  #expect(damaged.status == 1)
  #expect(damaged.error.contains("checksum") || damaged.error.contains("expected"), "\(damaged.error)")
  #expect(!(try bench.home.listModels().contains { $0.name == "small" }))

  hub.set(TinyHub.Faults(failsAfter: weights.count / 2))
  let interrupted = try bench.run(["pull", "someone/small"], environment: environment)
  #expect(interrupted.status == 1)
  #expect(interrupted.error.contains("run the same command again"), "\(interrupted.error)")
  let first = hub.served

  hub.set(TinyHub.Faults())
  let whole = try bench.run(["pull", "someone/small"], environment: environment)
  #expect(whole.status == 0, "\(whole.error)")
  #expect(first == 0 || hub.served < weights.count + 200_000)
  let pulled = try Data(
    contentsOf: bench.home.url.appendingPathComponent("models/small/model.safetensors"))
  let original = try Data(
    contentsOf: bench.home.url.appendingPathComponent("models/tiny/model.safetensors"))
  #expect(pulled == original)
  #expect(!FileManager.default.fileExists(atPath: bench.folder.appendingPathComponent("escape.safetensors").path))

  let again = try bench.run(["pull", "someone/small"], environment: environment)
  #expect(again.status == 1)
  #expect(again.error.contains("small"))
}

@Test func pullOfWhatIsNotThereSaysSo() throws {
  let bench = try Workbench()
  let hub = try TinyHub(files: [:], list: Data("{}".utf8))
  let environment = ["HF_ENDPOINT": hub.endpoint, "no_proxy": "127.0.0.1"]
  let missing = try bench.run(["pull", "nobody/nothing"], environment: environment)
  #expect(missing.status == 1)
  #expect(missing.error.contains("nobody/nothing") && missing.error.contains("--from"), "\(missing.error)")
  hub.stop()
  let silent = try bench.run(["pull", "nobody/nothing"], environment: environment)
  #expect(silent.status == 1)
  #expect(silent.error.contains("network"), "\(silent.error)")
}
