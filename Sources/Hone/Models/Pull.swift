internal import Foundation
internal import HoneFiles

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

extension Home {
  /// Gets a model's files from the Hugging Face hub. What arrived before an interruption is kept and not asked for
  /// again; sizes and checksums are compared with what the hub says before the model counts as there.
  public func pullModel(
    _ name: String, onProgress: @escaping @Sendable (_ file: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) async throws -> ModelSummary {
    let local = name.split(separator: "/").last.map(String.init) ?? name
    try checkIsNew(local)
    try makeFolders()
    let hub = Hub(name: Self.hubName(name))
    let part = url.appendingPathComponent("downloads/\(nameSlug(name, limit: 100))", isDirectory: true)
    try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
    for file in try await hub.files() {
      let target = part.appendingPathComponent(file.name)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try await hub.fetch(file, to: target, onProgress: onProgress)
    }
    let summary = try importModel(local, from: part)
    try? FileManager.default.removeItem(at: part)
    return summary
  }
}

extension Home {
  /// The name on the hub: encoders that are known by a short name belong to an organisation there.
  fileprivate static func hubName(_ name: String) -> String {
    let families = [
      ("all-", "sentence-transformers"), ("paraphrase-", "sentence-transformers"),
      ("multi-qa-", "sentence-transformers"),
      ("bge-", "BAAI"), ("e5-", "intfloat"), ("gte-", "thenlper"),
    ]
    guard !name.contains("/"), let owner = families.first(where: { name.hasPrefix($0.0) })?.1 else { return name }
    return "\(owner)/\(name)"
  }
}

/// The Hugging Face hub, or a mirror that `HF_ENDPOINT` names.
private struct Hub {
  struct File {
    let name: String
    let size: Int
    /// Of large files.
    let sha256: String?
    /// Of small ones.
    let blobHash: String?
  }

  let name: String

  private static let wanted: Set<String> = [
    "config.json", "model.safetensors", "model.safetensors.index.json", "vocab.json", "merges.txt", "tokenizer.json",
    "vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "modules.json", "sentence_bert_config.json",
    "config_sentence_transformers.json", "1_Pooling/config.json", "preprocessor_config.json",
  ]

  private var endpoint: String { Environment.value("HF_ENDPOINT") ?? "https://huggingface.co" }

  private func address(_ path: String) throws -> URL {
    guard let url = URL(string: "\(endpoint)/\(path)") else {
      throw HoneError("pull: expected the name of a model, found '\(name)'", remedy: "see the model's page on the hub")
    }
    return url
  }

  /// The files of the model that Hone reads, with the hub's sizes and checksums.
  func files() async throws -> [File] {
    struct Entry: Decodable {
      struct Large: Decodable { let oid: String }
      let path: String
      let size: Int
      let oid: String?
      let lfs: Large?
    }
    func listing(_ folder: String) async throws -> (entries: [Entry]?, status: Int) {
      let (data, response) = try await load(URLRequest(url: address("api/models/\(name)/tree/main\(folder)")))
      let found = response.statusCode == 200 ? try? JSONDecoder().decode([Entry].self, from: data) : nil
      return (found, response.statusCode)
    }
    let (found, status) = try await listing("")
    guard var entries = found else {
      throw HoneError(
        "pull: expected a model '\(name)' on the hub, got status \(status)",
        remedy: "check the name, or give a local folder with --from", code: "model_not_found")
    }
    if entries.contains(where: { $0.path == "modules.json" }) {
      entries += try await listing("/1_Pooling").entries ?? []
    }
    let files = entries.filter { entry in
      Self.wanted.contains(entry.path) || isShard(entry.path)
    }
    guard files.contains(where: { $0.path.hasSuffix(".safetensors") }) else {
      throw HoneError(
        "\(name): expected weights as safetensors, found none on the hub",
        remedy: "choose a model that has model.safetensors")
    }
    return files.map { File(name: $0.path, size: $0.size, sha256: $0.lfs?.oid, blobHash: $0.lfs == nil ? $0.oid : nil) }
  }

  private func isShard(_ path: String) -> Bool {
    path.hasPrefix("model-") && path.hasSuffix(".safetensors") && !path.contains { $0 == "/" || $0 == "\\" }
  }

  /// Fetches a file to `target`, going on where an earlier try ended.
  func fetch(_ file: File, to target: URL, onProgress: @escaping @Sendable (String, Int, Int) -> Void) async throws {
    if try isWhole(file, target) { return }
    let partial = target.appendingPathExtension("part")
    var have = (try? FileManager.default.attributesOfItem(atPath: partial.path)[.size] as? Int) ?? 0
    if have > file.size {
      try FileManager.default.removeItem(at: partial)
      have = 0
    }
    let step = 8 << 20
    while have < file.size {
      var request = URLRequest(url: try address("\(name)/resolve/main/\(file.name)"))
      request.setValue("bytes=\(have)-\(min(have + step, file.size) - 1)", forHTTPHeaderField: "Range")
      let (data, response) = try await load(request)
      guard response.statusCode == 206 || response.statusCode == 200 && have == 0, !data.isEmpty else {
        throw HoneError(
          "\(file.name): expected a part of the file, got status \(response.statusCode)",
          remedy: "run the same command again: it goes on where it stopped", fault: .machine)
      }
      try append(data, to: partial)
      have += data.count
      onProgress(file.name, have, file.size)
    }
    if file.size == 0 { try Data().write(to: partial) }
    try? FileManager.default.removeItem(at: target)
    try FileManager.default.moveItem(at: partial, to: target)
    guard try isWhole(file, target) else {
      try FileManager.default.removeItem(at: target)
      throw HoneError(
        "\(file.name): expected the hub's checksum, found another", remedy: "run the same command again",
        fault: .machine)
    }
  }

  private func isWhole(_ file: File, _ target: URL) throws -> Bool {
    guard let size = try? FileManager.default.attributesOfItem(atPath: target.path)[.size] as? Int, size == file.size
    else { return false }
    if let expected = file.sha256 { return try sha256(of: target) == expected }
    guard let expected = file.blobHash else { return true }
    return try gitBlobHash(of: Data(contentsOf: target)) == expected
  }

  private func append(_ data: Data, to file: URL) throws {
    if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: data)
    try handle.synchronize()
  }

  private func load(_ request: URLRequest) async throws -> (Data, HTTPURLResponse) {
    do {
      let (data, response) = try await URLSession.shared.data(for: request)
      guard let http = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      return (data, http)
    } catch {
      throw HoneError(
        "pull: expected an answer from the hub, got none (\(error.localizedDescription))",
        remedy: "check the network and run the same command again, or give a local folder with --from",
        fault: .machine)
    }
  }
}
