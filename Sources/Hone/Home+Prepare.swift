internal import Foundation
internal import HoneData
internal import HoneFiles
internal import HoneModels
internal import HoneTokenizers

/// What `prepare` tells and asks, as sentences.
public enum PrepareMessage: Sendable {
  case finding(String)
  case action(String)
  case question(String)
}

/// What `prepare` did.
public struct PrepareResult: Sendable {
  /// The files that were written.
  public let files: [String]
  /// The report as one JSON object.
  public let json: String
  /// What the data looks like beyond the rules: classes, duplicates, leaks, lengths, damage.
  public let inspection: String
  /// How to train on the result, and what to mind then.
  public let command: String
  public let reminders: [String]
  public let estimate: String
  public let outcome: String
}

extension Home {
  /// Brings a table of prompts and completions into the form that fine-tuning reads, and writes the files beside it.
  ///
  /// `answer` decides each question; nothing is written unless the last one is answered with yes.
  public func prepare(
    _ path: String, model: String = "nano", answer: (String) -> Bool, tell: (PrepareMessage) -> Void = { _ in }
  ) throws -> PrepareResult {
    let file = try readTable(at: URL(fileURLWithPath: path))
    for note in file.notes { tell(.finding(note)) }
    let source = PrepareSource(
      fileName: path, format: file.sourceFormat, table: file.table, sheetNames: file.sheetNames)
    let preparation = try HoneData.prepare(
      source, exists: { FileManager.default.fileExists(atPath: $0) }, ask: { answer($0.message) },
      tell: { event in
        switch event {
        case .finding(let finding): tell(.finding(finding.message))
        case .necessary(let remedy): tell(.action(remedy.message))
        case .actions, .answered: break
        }
      })
    try write(preparation.files.map { (URL(fileURLWithPath: $0.name), Data($0.contents)) })
    let inspection = try inspect(preparation, model: model)
    return PrepareResult(
      files: preparation.files.map(\.name), json: String(decoding: try report(preparation), as: UTF8.self),
      inspection: inspection, command: preparation.command, reminders: preparation.reminders,
      estimate: preparation.estimate.text, outcome: preparation.outcome.rawValue)
  }

  /// Writes all files or none.
  private func write(_ files: [(url: URL, contents: Data)]) throws {
    var written: [URL] = []
    do {
      for file in files {
        try replaceFile(at: file.url, with: file.contents)
        written.append(file.url)
      }
    } catch {
      for url in written { try? FileManager.default.removeItem(at: url) }
      throw error
    }
  }

  private func report(_ preparation: Preparation) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(preparation.report)
  }

  private func inspect(_ preparation: Preparation, model: String) throws -> String {
    let loaded = try? loadModel(model)
    var options = InspectionOptions()
    if let loaded {
      options.contextLength = loaded.config.contextLength
      options.cost = .measured(loaded.weights, loaded.config)
    }
    let encode: Encode? = loaded.map { loaded in { texts in texts.map { loaded.tokenizer.encode($0) } } }
    let examples = preparation.examples
    guard let split = preparation.split else {
      return HoneData.inspect(examples, validation: [], options: options, encode: encode).text(limit: 5)
    }
    return HoneData.inspect(
      split.training.map { examples[$0] }, validation: split.validation.map { examples[$0] }, options: options,
      encode: encode
    ).text(limit: 5)
  }
}

extension TableFile {
  /// What the data room calls this format, the mismatch of name and content included.
  fileprivate var sourceFormat: SourceFormat {
    switch (namedFormat, format) {
    case (.jsonl, .json): .jsonNamedJSONL
    case (.json, .jsonl): .jsonlNamedJSON
    case (_, .csv): .csv
    case (_, .tsv): .tsv
    case (_, .xlsx): .xlsx
    case (_, .txt): .txt
    case (_, .json): .json
    case (_, .jsonl): .jsonl
    }
  }
}
