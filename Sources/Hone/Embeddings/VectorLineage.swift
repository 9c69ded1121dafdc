public import Foundation
internal import HoneFiles
internal import HoneKernels

/// Which model made vectors: those of different fingerprints or tasks cannot be compared.
struct VectorLineage: Sendable, Codable, Equatable {
  var model: String
  var fingerprint: String
  var task: String?

  /// What stands beside a file of vectors, or in it; nil where nobody noted it.
  static func of(_ file: URL, _ vectors: StoredVectors) -> VectorLineage? {
    if let data = try? Data(contentsOf: file.appendingPathExtension("meta.json")),
      let lineage = try? JSONDecoder().decode(VectorLineage.self, from: data)
    {
      return lineage
    }
    guard let model = vectors.metadata["model"], let fingerprint = vectors.metadata["fingerprint"] else { return nil }
    return VectorLineage(
      model: model, fingerprint: fingerprint, task: vectors.metadata["task"].flatMap { $0.isEmpty ? nil : $0 })
  }
}

extension Home {
  /// Brings vectors of a model into the space of another that is that model with a matrix behind it (`customize`);
  /// nothing is embedded again.
  ///
  /// `column`: of vectors, in tables. `madeBy`: the model that made the vectors, where the file does not say so.
  /// - Throws: `HoneError` for a model without a matrix, and for vectors of any other model than the one before it.
  public func moveVectors(
    from file: URL, column: String = "embedding", to target: URL, model name: String, madeBy: String? = nil
  ) throws -> EmbeddingReport {
    let model = try embeddingModel(name)
    guard let inputs = model.projectedDimensions else {
      throw HoneError(
        "\(name): expected a model with a matrix of its own, found one without",
        remedy: "make one with `hone customize --method matrix`, or embed the texts with \(name)", parameter: "model")
    }
    let format = try VectorFormat(naming: target)
    let stored = try StoredVectors(contentsOf: file, column: column)
    let lineage = try checkedLineage(file, stored, model, madeBy)
    guard stored.dimensions == inputs else {
      throw HoneError(
        "\(file.lastPathComponent): expected vectors of \(inputs) numbers, found \(stored.dimensions)",
        remedy: "shortened vectors cannot be moved; embed the texts with \(name)", parameter: "input")
    }
    do {
      let writer = try VectorFileWriter(
        to: target, format: format, columns: stored.columns, rows: stored.count, dimensions: model.dimensions,
        metadata: ["model": model.info.name, "fingerprint": model.fingerprint, "task": lineage.task ?? ""])
      let portion = 4096
      for start in stride(from: 0, to: stored.count, by: portion) {
        try Task.checkCancellation()
        let part = start..<min(stored.count, start + portion)
        var moved = model.projected(Array(stored.values[part.lowerBound * inputs..<part.upperBound * inputs]))
        normalizeRows(&moved, dimensions: model.dimensions)
        try writer.write(stored.cells.isEmpty ? part.map { _ in [] } : Array(stored.cells[part]), moved)
      }
      try writer.finish()
    } catch {
      VectorFileWriter.removePart(of: target)
      throw error
    }
    let report = EmbeddingReport(
      model: model.info.name, fingerprint: model.fingerprint, task: lineage.task, rows: stored.count,
      dimensions: model.dimensions, tokens: 0, rowsInPieces: 0, lostTokens: 0, fromCache: stored.count)
    try replaceFile(at: target.appendingPathExtension("meta.json"), with: try encodeJSON(report))
    return report
  }

  private func checkedLineage(
    _ file: URL, _ vectors: StoredVectors, _ model: EmbeddingModel, _ madeBy: String?
  ) throws -> VectorLineage {
    let base = model.info.parent ?? "its base"
    let wanted = try model.info.takesVectorsOf ?? model.info.parent.map { try embeddingModel($0).fingerprint }
    let named = try madeBy.map { VectorLineage(model: $0, fingerprint: try embeddingModel($0).fingerprint, task: nil) }
    guard let found = VectorLineage.of(file, vectors) ?? named else {
      throw HoneError(
        "\(file.lastPathComponent): expected \(file.lastPathComponent).meta.json, which names the model of its vectors, found none",
        remedy: "name that model with --made-by", parameter: "input")
    }
    guard found.fingerprint == wanted else {
      throw HoneError(
        "\(file.lastPathComponent): expected vectors of \(base) (\((wanted ?? "").prefix(12))), found those of "
          + "\(found.model) (\(found.fingerprint.prefix(12)))",
        remedy: "embed the texts with \(model.info.name): vectors of different models cannot be mixed",
        parameter: "model", code: "mixed_lineage", kind: .conflict)
    }
    return found
  }
}

extension VectorFormat {
  /// - Throws: `HoneError` for a name with another ending.
  init(naming target: URL) throws {
    guard let format = VectorFormat(rawValue: target.pathExtension.lowercased()) else {
      throw HoneError(
        "output: expected a name that ends in .npy, .csv, .jsonl or .safetensors, found '\(target.lastPathComponent)'",
        remedy: "choose one of these endings", parameter: "output")
    }
    self = format
  }
}
