public import Foundation
internal import HoneKernels

/// Every environment variable that Hone reads, in one place; `hone env` prints them.
public struct Environment: Sendable {
  /// A variable, what it does, and its value now.
  public struct Variable: Sendable, Codable {
    public let name: String
    public let meaning: String
    public let value: String?
  }

  /// Where models, jobs and files are kept.
  public static var home: URL {
    if let path = value("HONE_HOME"), !path.isEmpty { return URL(fileURLWithPath: path, isDirectory: true) }
    return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".hone", isDirectory: true)
  }

  public static let variables: [Variable] = [
    ("HONE_HOME", "folder of models and jobs (default ~/.hone)"),
    ("HONE_KERNELS", "instruction set of our loops: portable, avx2, avx512, avx512vnni or neon (default: the best)"),
    ("HONE_PRECISION", "inputs of training's matrix products: float32 or bfloat16 (default: what is fast here)"),
    ("HONE_THREADS", "threads that share one computation (default: one per processor)"),
    ("HONE_NICE", "how much the training of jobs gives way to other work, 0 to 19 (default 19)"),
    ("HONE_CACHE_MB", "megabytes of vectors that are kept for the next time (default 1000)"),
    ("HONE_ORGANIZATION", "the place in a tuned model's name for whoever owns it (default personal)"),
  ].map { Variable(name: $0, meaning: $1, value: value($0)) }

  /// What this process computes with.
  public struct Machine: Sendable, Codable {
    public let processor: String
    public let threads: Int
    public let kernels: String
    public let matrixLibrary: String
    public let trainingPrecision: String
  }

  public static var machine: Machine {
    let engine = Engine.current
    return Machine(
      processor: engine.processor, threads: engine.threads, kernels: engine.kernels,
      matrixLibrary: engine.matrixLibrary, trainingPrecision: engine.precision.rawValue)
  }

  static var cacheBytes: Int { max(1, value("HONE_CACHE_MB").flatMap { Int($0) } ?? 1000) << 20 }

  static var organization: String {
    let slug = nameSlug(value("HONE_ORGANIZATION") ?? "", limit: 40)
    return slug.isEmpty ? "personal" : slug
  }

  static func value(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}

/// Lower case, every run of punctuation and space one dash, none at the rims; at most `limit` characters.
func nameSlug(_ text: String, limit: Int) -> String {
  var slug = ""
  for character in text.lowercased() {
    if character.isLetter || character.isNumber {
      slug.append(character)
    } else if !slug.isEmpty, slug.last != "-" {
      slug.append("-")
    }
  }
  let cut = String(slug.prefix(limit))
  return cut.hasSuffix("-") ? String(cut.dropLast()) : cut
}
