internal import Foundation
internal import HoneFiles

/// `work.json` in a job's folder: what its worker is to do.
struct WorkOrder: Codable {
  var formatVersion = 1
  var job: String
  /// The name that the tuned model will have.
  var model: String
  /// Seconds since 1970; becomes the model's time of creation, so that a run killed and resumed makes the same file.
  var created: Int
  /// What to train. Its files are those of the folder: `training.jsonl` and, where there is one, `validation.jsonl`.
  var request: TuneRequest
}

/// The folder of a job that a service runs, `jobs/<id>/`.
///
///     work.json                          the order
///     training.jsonl, validation.jsonl   links to the files' bytes, which so outlive the deletion of the files
///     lock                               held by the worker
///     log                                what the worker wrote to standard error
///     checkpoints/                       what the run goes on from
///     epochs/step-N/                     models that answer as `<name>:ckpt-step-N`
///     tuned/model, tuned/compiled_results.csv   the result, until it is put in place
struct WorkFolder: Sendable {
  let url: URL

  private func file(_ name: String) -> URL { url.appendingPathComponent(name, isDirectory: false) }
  private func folder(_ name: String) -> URL { url.appendingPathComponent(name, isDirectory: true) }

  var order: URL { file("work.json") }
  var training: URL { file("training.jsonl") }
  var validation: URL { file("validation.jsonl") }
  var lock: URL { file("lock") }
  var log: URL { file("log") }
  var checkpoints: URL { folder("checkpoints") }
  var epochs: URL { folder("epochs") }
  var tuned: URL { folder("tuned") }
  var tunedModel: URL { tuned.appendingPathComponent("model", isDirectory: true) }
  var results: URL { tuned.appendingPathComponent("compiled_results.csv", isDirectory: false) }

  func epoch(step: Int) -> URL { epochs.appendingPathComponent("step-\(step)", isDirectory: true) }

  func readOrder() throws -> WorkOrder {
    var order = try JSONDecoder().decode(WorkOrder.self, from: Data(contentsOf: order))
    order.request.trainingFile = training
    order.request.validationFile = order.request.validationFile == nil ? nil : validation
    return order
  }

  func write(_ order: WorkOrder) throws { try replaceFile(at: self.order, with: encodeJSON(order)) }

  /// Deletes what only a run that goes on needs. The models of single epochs stay.
  func removeWorkingFiles() {
    for folder in [url, epochs] { removeLeftovers(in: folder) }
    for url in [order, training, validation, lock, checkpoints, tuned] { try? FileManager.default.removeItem(at: url) }
  }
}

extension WorkFolder {
  /// Whether the weights after this epoch are kept as a model: of every one, or of ten spread evenly and the last.
  static func keeps(epoch: Int, of epochs: Int) -> Bool {
    let stride = (max(epochs, 1) - 1) / 10 + 1
    return epoch % stride == 0 || epoch == epochs
  }
}
