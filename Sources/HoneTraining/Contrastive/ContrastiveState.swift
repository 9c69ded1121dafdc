package import Foundation
internal import HoneFiles

/// Everything that a tuning of an encoder has come to: with the same pairs and options it goes on in the same bits.
package struct ContrastiveState: Sendable, Equatable {
  package var step: Int
  /// The loss summed over the pairs of the epoch at hand.
  package var epochLoss: Double
  /// The model's arrays and AdamW's moments of each, in the order of `BERTWeights.arrays`.
  package var weights: [[Float]]
  package var first: [[Float]]
  package var second: [[Float]]

  /// The arrays that are files, under their names.
  private static var parts: [(name: String, path: WritableKeyPath<ContrastiveState, [[Float]]>)] {
    [("weights", \.weights), ("first", \.first), ("second", \.second)]
  }

  init(step: Int, epochLoss: Double, weights: [[Float]], first: [[Float]], second: [[Float]]) {
    (self.step, self.epochLoss, self.weights, self.first, self.second) = (step, epochLoss, weights, first, second)
  }

  private struct Position: Codable {
    var formatVersion = 1
    var step: Int
    var epochLoss: Double
  }

  /// Writes a folder in place of the one that is there.
  ///
  ///     state.json    weights.safetensors    first.safetensors    second.safetensors
  ///
  /// - Throws: `FileError`, and what the system says of a full or read-only disk; the older folder is then still there.
  package func save(to folder: URL) throws {
    try replaceDirectory(at: folder) { target in
      for (name, path) in Self.parts {
        try Safetensors.write(
          self[keyPath: path].enumerated().map { (name: "\($0)", shape: [$1.count], values: $1) }, dtype: .float32,
          metadata: [:], to: target.appendingPathComponent("\(name).safetensors"))
      }
      try JSONEncoder().encode(Position(step: step, epochLoss: epochLoss)).write(
        to: target.appendingPathComponent("state.json"))
    }
  }

  /// Reads such a folder; nil where there is none or it is not whole.
  package init?(contentsOf folder: URL) {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("state.json")),
      let position = try? JSONDecoder().decode(Position.self, from: data), position.formatVersion == 1
    else { return nil }
    (step, epochLoss, weights, first, second) = (position.step, position.epochLoss, [], [], [])
    for (name, path) in Self.parts {
      guard let file = try? Safetensors(contentsOf: folder.appendingPathComponent("\(name).safetensors")) else {
        return nil
      }
      for index in file.names.indices {
        guard let values = try? file.floats("\(index)") else { return nil }
        self[keyPath: path].append(values)
      }
    }
  }
}
