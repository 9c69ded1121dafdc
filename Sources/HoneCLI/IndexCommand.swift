import ArgumentParser
import Foundation
import Hone

struct IndexCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Collections of rows that are searched by meaning, words and fields.",
    discussion: """
      EXAMPLES
        hone index add reviews reviews.csv --text combined --fields Score,ProductId,UserId
        hone index add papers notes.md report.txt
        hone index show reviews
        hone index backup reviews reviews.backup
      """,
    subcommands: [
      Add.self, List.self, Show.self, Check.self, Compact.self, Backup.self, Restore.self, Rebuild.self, Import.self,
      Export.self,
      Remove.self,
    ], defaultSubcommand: List.self)

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add",
      abstract: "Add rows of tables, or documents in chunks; what is there already is left as it is.",
      discussion: """
        An interrupted call goes on where it was when it is made again.
        """)
    @Argument(help: "The collection; it is made where there is none.") var name: String
    @Argument(help: "Tables (csv, tsv, xlsx, json, jsonl), or documents (md, txt and others).") var files: [String]
    @Option(help: "The column of texts (default: prompt, text, or the only one).") var text: String?
    @Option(help: "Columns to keep beside the text, with commas between (default: all).") var fields: String?
    @Option(help: "The column that names a row; a row of the same name is replaced (default: file and place).")
    var id: String?
    @Option(name: .shortAndLong, help: "The model of a new collection (default: hone-static).") var model: String?
    @Option(
      help: "Of a new collection: cosine, dot (the inner product) or l2 (the Euclidean distance); default: cosine.")
    var metric: VectorSettings.Metric?
    @OptionGroup(title: "Index") var index: IndexOptions
    @Option(help: "Tokens of a chunk of a document.") var chunkTokens = 400
    @Option(help: "Tokens that a chunk repeats of the one before it.") var chunkOverlap = 50
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let report = try await reporting { try add() }
      if output.json { return try printJSON(report) }
      print(
        "\(report.collection): \(report.added) rows added, \(report.replaced) replaced, \(report.unchanged) there already"
      )
      if report.rowsInPieces > 0 {
        print("\(report.rowsInPieces) rows were longer than the model's window and embedded in pieces")
      }
      if report.withoutText > 0 {
        print(
          "\(report.withoutText) rows have no text and were not added: "
            + report.rowsWithoutText.prefix(20).map { "\($0)" }.joined(separator: ", "))
      }
    }

    private func add() throws -> AddReport {
      let home = Home()
      let isNew = !home.collectionNames().contains(name)
      // What is wrong with the files is found out before anything is made.
      let embedder = try home.embedder(isNew ? model ?? "hone-static" : model ?? home.collection(name).model)
      let settings = try isNew ? index.settings(metric: metric) : index.checked(home.collection(name), metric: metric)
      var items: [CollectionItem] = []
      for file in files {
        let url = URL(fileURLWithPath: file)
        if ["csv", "tsv", "xlsx", "json", "jsonl", "gz"].contains(url.pathExtension.lowercased()) {
          items += try home.collectionItems(
            url, text: text, fields: fields?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
            id: id)
        } else {
          items += try home.documentItems(
            url, ChunkOptions(maxTokens: chunkTokens, overlap: chunkOverlap), embedder.model)
        }
      }
      let collection =
        isNew
        ? try home.makeCollection(name, model: model ?? "hone-static", settings: settings) : try home.collection(name)
      let report = try collection.add(items, embedder) { done, total in
        if progressIsVisible { printError("\r\(done) of \(total) rows", terminator: "") }
      }
      if progressIsVisible { printError("") }
      try collection.buildIndex()
      return report
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The collections.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let home = Home()
      var (infos, broken): ([CollectionInfo], [String]) = ([], [])
      for name in home.collectionNames() {
        do { infos.append(try home.collection(name).info()) } catch { broken.append("\(name): \(describe(error))") }
      }
      for line in broken { printError("error: \(line)") }
      if output.json { return try printJSON(["data": infos]) }
      printColumns(
        [["NAME", "ROWS", "MODEL", "MB", "INDEX MB"]]
          + infos.map {
            [$0.name, "\($0.rows)", $0.model, megabytes($0.bytes), megabytes($0.indexBytes)]
          })
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "What a collection is, and how well its index finds.")
    @Argument(help: "The collection.") var name: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let info = try await reporting { try Home().collection(name).info(measures: true) }
      if output.json { return try printJSON(info) }
      printColumns([
        ["name", info.name], ["id", info.id], ["rows", "\(info.rows)"], ["model", info.model],
        ["fingerprint", String(info.fingerprint.prefix(16))], ["dimensions", "\(info.dimensions)"],
        ["metric", info.metric], ["encoding", info.encoding], ["size", "\(megabytes(info.bytes)) MB"],
        [
          "index",
          info.lists == 0
            ? "none: every search compares all rows" : "\(info.lists) lists, \(megabytes(info.indexBytes)) MB",
        ],
        [
          "recall@10",
          info.recall.map { String(format: "%.3f", $0) + (info.recallSamples.map { ", of \($0) searches" } ?? "") }
            ?? "1 (exact)",
        ],
      ])
      for note in info.notes { print("note: \(note)") }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Read every byte and tell what is wrong.")
    @Argument(help: "The collection.") var name: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let check = try await reporting { try Home().collection(name).check() }
      if output.json {
        try printJSON(check)
      } else {
        for damage in check.damages { print("damage: \(damage)") }
        for note in check.notes { print("note: \(note)") }
        print(
          check.isWhole
            ? "\(name): \(check.rows) rows, all sound" : "\(name): put back a backup: hone index restore \(name) FILE")
      }
      if !check.isWhole { throw ExitCode.failure }
    }
  }

  struct Compact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compact", abstract: "Give room back to the disk, and bring the index up to date.",
      discussion: """
        With --encoding, --lists or --groups the index is made anew with these. The rows keep their vectors in float32.
        EXAMPLES
          hone index compact reviews
          hone index compact reviews --encoding int8
        """)
    @Argument(help: "The collection.") var name: String
    @OptionGroup(title: "Index") var index: IndexOptions

    func run() async throws {
      let info = try await reporting {
        let collection = try Home().collection(name)
        if index.areGiven { try collection.retrain(index.over(collection.settings)) }
        try collection.compact()
        return try collection.info()
      }
      print("\(name): \(info.rows) rows, \(megabytes(info.bytes)) MB, index \(megabytes(info.indexBytes)) MB")
    }
  }

  struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "backup", abstract: "Write a copy of one moment, while others read and write.")
    @Argument(help: "The collection.") var name: String
    @Argument(help: "The file to write.") var file: String

    func run() async throws {
      try await reporting { try Home().collection(name).backup(to: URL(fileURLWithPath: file)) }
      print("\(name): \(file)")
    }
  }

  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore", abstract: "Put a backup in the place of a collection.")
    @Argument(help: "The collection.") var name: String
    @Argument(help: "The backup.") var file: String

    func run() async throws {
      let info = try await reporting {
        let collection = try Home().restoreCollection(name, from: URL(fileURLWithPath: file))
        try collection.buildIndex()
        return try collection.info()
      }
      print("\(name): \(info.rows) rows")
    }
  }

  struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rebuild", abstract: "Embed all texts again, and make the index anew.")
    @Argument(help: "The collection.") var name: String
    @Option(name: .shortAndLong, help: "The model (default: the one that it has).") var model: String?

    func run() async throws {
      try await reporting {
        let home = Home()
        let collection = try home.collection(name)
        try collection.rebuild(with: home.embedder(model ?? collection.model)) { done, total in
          if progressIsVisible { printError("\r\(done) of \(total) rows", terminator: "") }
        }
      }
      if progressIsVisible { printError("") }
      print("\(name): embedded again")
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Take over an index of Faiss with the table that it was made from.",
      discussion: "Reads IndexFlat, IndexIVFFlat and IndexHNSWFlat; the id of a vector is the place of its row, from 0."
    )
    @Argument(help: "The new collection.") var name: String
    @Argument(help: "The file that faiss.write_index wrote.") var file: String
    @Option(help: "The table of rows (csv, tsv, xlsx, json, jsonl).") var rows: String
    @Option(help: "The column of texts (default: prompt, text, or the only one).") var text: String?
    @Option(help: "Columns to keep beside the text, with commas between (default: all).") var fields: String?
    @Option(help: "The column that names a row (default: file and place).") var id: String?
    @Option(name: .shortAndLong, help: "The model that made the vectors.") var model: String
    @Option(help: "cosine (vectors are made to length 1), dot or l2 (they are kept as they are).")
    var metric: VectorSettings.Metric?
    @OptionGroup(title: "Index") var index: IndexOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let report = try await reporting {
        let home = Home()
        let items = try home.collectionItems(
          URL(fileURLWithPath: rows), text: text,
          fields: fields?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }, id: id)
        let report = try home.importFaiss(
          name, from: URL(fileURLWithPath: file), items: items, model: model, settings: index.settings(metric: metric))
        try home.collection(name).buildIndex()
        return report
      }
      if output.json { return try printJSON(report) }
      print("\(name): \(report.added) rows taken")
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write all rows with their fields and vectors.")
    @Argument(help: "The collection.") var name: String
    @Argument(help: "A .jsonl, .csv, .npy, .safetensors or .faiss file.") var file: String

    func run() async throws {
      let count = try await reporting { try Home().collection(name).export(to: URL(fileURLWithPath: file)) }
      print("\(count) rows: \(file)")
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove a collection.")
    @Argument(help: "The collection.") var name: String

    func run() async throws {
      try await reporting { try Home().removeCollection(name) }
      print("removed \(name)")
    }
  }
}

/// How an index is made.
struct IndexOptions: ParsableArguments {
  @Option(help: "The numbers that the index holds: float32, bfloat16 or int8 (default: bfloat16).")
  var encoding: VectorSettings.Encoding?
  @Option(help: "Lists that the index divides rows into (default: about 3.2 times the root of the rows).")
  var lists: Int?
  @Option(help: "Groups of four bits of a row's code (default: one for four dimensions, at most 256).")
  var groups: Int?

  var areGiven: Bool { encoding != nil || lists != nil || groups != nil }

  func settings(metric: VectorSettings.Metric?) -> VectorSettings { over(VectorSettings(metric: metric ?? .cosine)) }

  /// Others, where some are given.
  func over(_ others: VectorSettings) -> VectorSettings {
    VectorSettings(
      metric: others.metric, encoding: encoding ?? others.encoding, lists: lists ?? others.lists,
      groups: groups ?? others.groups)
  }

  /// Those of a collection that is there. - Throws: `HoneError` where others are asked for.
  func checked(_ collection: SearchCollection, metric: VectorSettings.Metric?) throws -> VectorSettings {
    let own = try collection.settings
    guard metric ?? own.metric == own.metric else {
      throw HoneError(
        "\(collection.name): expected the metric \(own.metric.rawValue), which it was made with, found \(metric ?? own.metric)",
        remedy: "leave --metric out, or make a new collection", parameter: "metric", kind: .conflict)
    }
    guard over(own) == own else {
      throw HoneError(
        "\(collection.name): expected the index that it has, found other settings",
        remedy: "change it first: hone index compact \(collection.name) --encoding, --lists or --groups",
        parameter: "encoding", kind: .conflict)
    }
    return own
  }
}

func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
