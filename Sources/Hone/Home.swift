public import Foundation
internal import HoneFiles
internal import HoneModels

/// The folder where models and jobs live, and everything that can be done with them.
public struct Home: Sendable {
  public let url: URL

  /// `HONE_HOME`, or `~/.hone`.
  public init() { url = Environment.home }

  public init(_ url: URL) { self.url = url }

  var models: URL { url.appendingPathComponent("models", isDirectory: true) }
  var jobs: URL { url.appendingPathComponent("jobs", isDirectory: true) }

  var files: URL { url.appendingPathComponent("files", isDirectory: true) }

  func makeFolders() throws {
    for folder in [models, jobs, files] {
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw HoneError(
          "\(folder.path): expected a folder that can be written, found none",
          remedy: "set HONE_HOME to a folder of your own", fault: .machine)
      }
      removeLeftovers(in: folder)
    }
  }
}
