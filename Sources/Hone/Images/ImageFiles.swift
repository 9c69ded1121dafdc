internal import Foundation

/// The pictures under a folder, and what else lies there.
struct ImageFiles {
  private(set) var pictures: [URL] = []
  private(set) var skipped: [(path: String, reason: String)] = []

  private static let read: Set<String> = ["jpg", "jpeg", "jpe", "jfif", "png"]
  private static let known: Set<String> = [
    "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif", "svg", "jp2", "jxl", "ico", "psd", "raw", "cr2", "cr3",
    "nef", "arw", "dng", "orf", "rw2",
  ]

  /// Looks through a folder and all folders in it, by name. Links are not followed.
  init(under root: URL) throws { try look(in: root) }

  private mutating func look(in folder: URL) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      skipped.append((folder.path, "a folder that cannot be read"))
      return
    }
    for name in names {
      try Task.checkCancellation()
      let place = folder.appendingPathComponent(name)
      let type = try? FileManager.default.attributesOfItem(atPath: place.path)[.type] as? FileAttributeType
      if name.hasPrefix(".") {
        skipped.append((place.path, "hidden"))
      } else if type == .typeDirectory {
        try look(in: place)
      } else if type == .typeRegular {
        take(place)
      } else {
        skipped.append((place.path, type == .typeSymbolicLink ? "a link" : "no file"))
      }
    }
  }

  private mutating func take(_ place: URL) {
    let ending = place.pathExtension.lowercased()
    if Self.read.contains(ending) {
      pictures.append(place)
    } else if Self.known.contains(ending) {
      skipped.append((place.path, "neither JPEG nor PNG (\(ending))"))
    } else {
      skipped.append((place.path, "no picture by its name"))
    }
  }
}
