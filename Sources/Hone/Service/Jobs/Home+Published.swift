internal import Foundation
internal import HoneFiles
internal import HoneModels

/// Models that jobs make: in place under their names.
extension Home {
  /// Reads a job's tuned model and puts it under its name. Done twice, it does the same as once. What does not answer as
  /// it was trained goes, so that the next worker writes it anew.
  func putInPlace(_ folder: WorkFolder, as model: String) throws {
    let target = models.appendingPathComponent(model, isDirectory: true)
    let isThere = FileManager.default.fileExists(atPath: target.path)
    let place = isThere ? target : folder.tunedModel
    guard FileManager.default.fileExists(atPath: place.path) else {
      throw HoneError("the tuned model is not in the job's folder", remedy: "train it again", fault: .machine)
    }
    do {
      try check(place, model)
    } catch let error as HoneError {
      try? FileManager.default.removeItem(at: place)
      throw error
    }
    if !isThere { try moveFolder(place, to: target) }
    guard FileManager.default.fileExists(atPath: folder.results.path) else {
      throw HoneError("the results are not in the job's folder", remedy: "train it again", fault: .machine)
    }
  }

  /// The worker has read the folder back whole; here it matters that these are the same bytes, that they are read, and
  /// that they answer as they did at the end of training.
  private func check(_ url: URL, _ name: String) throws {
    let folder = ModelFolder(url: url)
    let model = try folder.load(name: name)
    guard try sha256(of: folder.file(ModelFolder.weightsName)) == model.info.fingerprint else {
      throw HoneError("\(name): the weights are not those that were trained", remedy: "check the disk", fault: .machine)
    }
    try model.checkProbe()
  }

  /// Lets a checkpoint's name stand for a folder of its job.
  func linkCheckpoint(_ name: String, to folder: URL) throws {
    let link = models.appendingPathComponent(name)
    let target = "../jobs/" + folder.pathComponents.suffix(3).joined(separator: "/")
    guard unsafe symlink(target, link.path) != 0, errno != EEXIST else { return }
    throw FileError.unwritable(path: link.path, reason: unsafe String(cString: strerror(errno)))
  }

  func removeCheckpointLinks(of model: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? []
    where name.hasPrefix(model + checkpointMark) {
      try? FileManager.default.removeItem(at: models.appendingPathComponent(name))
    }
  }
}

/// What stands between a tuned model's name and the step of one of its checkpoints.
let checkpointMark = ":ckpt-step-"

private func moveFolder(_ from: URL, to: URL) throws(FileError) {
  guard unsafe rename(from.path, to.path) == 0 else {
    throw .unwritable(path: to.path, reason: unsafe String(cString: strerror(errno)))
  }
  let folder = unsafe open(to.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
  guard folder >= 0 else { return }
  fsync(folder)
  close(folder)
}
