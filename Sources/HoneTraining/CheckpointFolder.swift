package import Foundation
internal import HoneFiles
package import HoneModels

/// Where a run keeps what it needs to go on: one folder a checkpoint, replaced as a whole, the newest alone kept.
///
///     checkpoints/step-000000120/state.json       position, records, best epoch
///                                weights.safetensors, first.safetensors, second.safetensors   (AdamW's moments)
///                                best.safetensors                                             (where one is kept)
package struct CheckpointFolder: Sendable {
  package let url: URL

  package init(_ url: URL) { self.url = url }

  /// The part of a state that is not an array.
  private struct Position: Codable {
    var formatVersion = 1
    var step: Int
    var elapsedTokens: Int
    var elapsedExamples: Int
    var records: [StepRecord]
    var best: BestEpoch?
    var keepsBestWeights: Bool
    var epochsWithoutGain: Int
    var stoppedEarly: Bool
  }

  /// Writes a checkpoint beside the older one, which goes once the new one is safe on disk.
  package func save(_ state: TrainingState, config: GPT2Config) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let position = Position(
      step: state.step, elapsedTokens: state.elapsedTokens, elapsedExamples: state.elapsedExamples,
      records: state.records, best: state.best, keepsBestWeights: state.bestWeights != nil,
      epochsWithoutGain: state.epochsWithoutGain, stoppedEarly: state.stoppedEarly)
    let target = url.appendingPathComponent(Self.name(step: state.step), isDirectory: true)
    try replaceDirectory(at: target) { folder in
      func write(_ weights: GPT2Weights, _ name: String) throws {
        try Safetensors.write(
          weights.values(of: config).map { (name: $0.tensor.name, shape: $0.tensor.shape, values: $0.values) },
          dtype: .float32, metadata: [:], to: folder.appendingPathComponent(name))
      }
      try write(state.weights, "weights.safetensors")
      try write(state.moments.first, "first.safetensors")
      try write(state.moments.second, "second.safetensors")
      if let best = state.bestWeights { try write(best, "best.safetensors") }
      try JSONEncoder().encode(position).write(to: folder.appendingPathComponent("state.json"))
    }
    for step in steps() where step != state.step {
      try? FileManager.default.removeItem(at: url.appendingPathComponent(Self.name(step: step)))
    }
  }

  /// The newest checkpoint that reads whole, or nil where there is none.
  package func load(config: GPT2Config) -> TrainingState? {
    for step in steps().sorted(by: >) {
      if let state = try? load(step: step, config: config) { return state }
    }
    return nil
  }

  /// Deletes all checkpoints of a run that has ended.
  package func remove() { try? FileManager.default.removeItem(at: url) }

  private static let prefix = "step-"

  private static func name(step: Int) -> String {
    let digits = String(step)
    return prefix + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
  }

  private func steps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.compactMap { $0.hasPrefix(Self.prefix) ? Int($0.dropFirst(Self.prefix.count)) : nil }
  }

  private func load(step: Int, config: GPT2Config) throws -> TrainingState {
    let folder = url.appendingPathComponent(Self.name(step: step), isDirectory: true)
    func read(_ name: String) throws -> GPT2Weights {
      let file = try Safetensors(contentsOf: folder.appendingPathComponent(name))
      return try GPT2Weights(config: config) { name in
        guard let shape = file.shape(of: name) else { return nil }
        return (shape, try file.floats(name))
      }
    }
    let position = try JSONDecoder().decode(
      Position.self, from: Data(contentsOf: folder.appendingPathComponent("state.json")))
    var state = TrainingState(weights: try read("weights.safetensors"), config: config)
    state.moments.first = try read("first.safetensors")
    state.moments.second = try read("second.safetensors")
    if position.keepsBestWeights { state.bestWeights = try read("best.safetensors") }
    state.step = position.step
    state.elapsedTokens = position.elapsedTokens
    state.elapsedExamples = position.elapsedExamples
    state.records = position.records
    state.best = position.best
    state.epochsWithoutGain = position.epochsWithoutGain
    state.stoppedEarly = position.stoppedEarly
    return state
  }
}
