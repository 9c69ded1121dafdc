internal import Foundation
internal import HoneFiles
internal import HoneModels

/// How an encoder's folder says that text becomes a vector.
///
/// Source: the files of the sentence-transformers layout: `modules.json`, `1_Pooling/config.json`,
/// `sentence_bert_config.json`, `config_sentence_transformers.json`.
struct EncoderSettings: Sendable, Equatable {
  var pooling = Pooling.mean
  /// Tokens that go through the model at a time, special ones included.
  var window: Int
  /// Whether text is lower-cased before anything else.
  var lowercases = false
  /// What stands before a text, by the name of its task.
  var prompts: [String: String] = [:]
  /// The task of texts that name none.
  var defaultTask: String?

  /// Settings where the folder says nothing: the mean of all rows, the whole context.
  init(contextLength: Int) { window = contextLength }

  /// Reads what there is.
  ///
  /// - Throws: `HoneError` for parts that would change vectors and that Hone does not know.
  init(folder: URL, contextLength: Int) throws {
    self.init(contextLength: contextLength)
    let pooling = try Self.modules(folder)
    if let pooling { self.pooling = try Self.pooling(folder.appendingPathComponent(pooling)) }
    if let fields = try Self.object(folder, "sentence_bert_config.json") {
      if let length = fields["max_seq_length"]?.integer {
        guard length >= 3, length <= contextLength else {
          throw Self.bad("sentence_bert_config.json", "max_seq_length from 3 to \(contextLength)", "\(length)")
        }
        window = length
      }
      lowercases = fields["do_lower_case"] == .bool(true)
    }
    if let fields = try Self.object(folder, "config_sentence_transformers.json") {
      if case .object(let members)? = fields["prompts"] {
        for (name, prompt) in members { prompts[name] = prompt.string }
      }
      defaultTask = fields["default_prompt_name"]?.string
    }
  }

  /// The folder of the pooling module; nil where no modules are listed.
  private static func modules(_ folder: URL) throws -> String? {
    guard let bytes = try? [UInt8](Data(contentsOf: folder.appendingPathComponent("modules.json"))) else { return nil }
    guard let modules = (try? JSONValue(parsing: bytes))?.array else {
      throw bad("modules.json", "a list of modules", "something else")
    }
    var pooling: String?
    for module in modules {
      let type = module["type"]?.string ?? ""
      switch type.split(separator: ".").last.map(String.init) ?? "" {
      case "Transformer", "Normalize": break
      case "Pooling":
        guard let path = module["path"]?.string, Home.isModelName(path) else {
          throw bad("modules.json", "a folder for the pooling", "none")
        }
        pooling = path
      default: throw bad("modules.json", "the modules Transformer, Pooling and Normalize", type)
      }
    }
    return pooling
  }

  private static func pooling(_ folder: URL) throws -> Pooling {
    guard let fields = try object(folder, "config.json") else { return .mean }
    if let mode = fields["pooling_mode"]?.string {
      guard let pooling = Pooling(rawValue: mode) else { throw badPooling(mode) }
      return pooling
    }
    guard case .object(let members) = fields else { return .mean }
    let modes = members.filter { $0.key.hasPrefix("pooling_mode_") && $0.value == .bool(true) }.map(\.key)
    switch modes {
    case ["pooling_mode_mean_tokens"], []: return .mean
    case ["pooling_mode_cls_token"]: return .cls
    case ["pooling_mode_max_tokens"]: return .max
    default: throw badPooling(modes.joined(separator: ", "))
    }
  }

  private static func badPooling(_ found: String) -> HoneError {
    bad("the pooling's config.json", "one of mean, cls and max", found)
  }

  private static func object(_ folder: URL, _ name: String) throws -> JSONValue? {
    let file = folder.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    guard let value = try? JSONValue(parsing: [UInt8](Data(contentsOf: file))), case .object = value else {
      throw bad(name, "a JSON object", "something else")
    }
    return value
  }

  private static func bad(_ file: String, _ expected: String, _ found: String) -> HoneError {
    HoneError("\(file): expected \(expected), found \(found)", remedy: "choose another model, or get its files again")
  }

  /// What stands before a text of a task: the model's own prompt of that name, or of a name that means the same.
  ///
  /// - Throws: `HoneError` where the model has prompts, but none for the task.
  func prompt(task: String?) throws -> String {
    guard let task = task ?? defaultTask else { return "" }
    for name in Self.names(of: task) {
      if let prompt = prompts[name] { return prompt }
    }
    guard Self.synonyms.contains(where: { $0.contains(task) }) else {
      throw HoneError(
        "task: expected \((Self.synonyms.map { $0[0] } + prompts.keys.sorted()).joined(separator: ", ")), found '\(task)'",
        remedy: "choose one of these", parameter: "task")
    }
    return ""
  }

  private static let synonyms = [
    ["query", "search_query", "retrieval.query", "s2p_query", "web_search_query"],
    ["document", "passage", "search_document", "retrieval.passage", "corpus"],
    ["classification", "Classification"], ["clustering", "Clustering", "separation"],
  ]

  private static func names(of task: String) -> [String] {
    [task] + (synonyms.first { $0.contains(task) } ?? [])
  }
}
