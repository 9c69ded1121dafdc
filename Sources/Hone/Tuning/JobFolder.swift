internal import Foundation
internal import HoneFiles
internal import HoneTraining

/// `job.json`: what a run was asked to do and how far it is.
struct JobRecord: Codable {
  enum Status: String, Codable { case running, succeeded }

  var formatVersion = 1
  var id: String
  /// Hash of everything that decides the result: data, options, first weights.
  var fingerprint: String
  var fineTunedModel: String
  var created: Int
  var status: Status
  var engine: String
  var options: TrainingOptions
  var perplexityBefore: Double?
}

/// `jobs/<id>/`: the record, the checkpoints, and in the end the results file and its picture.
struct JobFolder {
  let url: URL

  var record: URL { url.appendingPathComponent("job.json") }
  var checkpoints: CheckpointFolder { CheckpointFolder(url.appendingPathComponent("checkpoints", isDirectory: true)) }
  var results: URL { url.appendingPathComponent("compiled_results.csv") }
  var lock: URL { url.appendingPathComponent("lock") }

  func read() throws -> JobRecord { try JSONDecoder().decode(JobRecord.self, from: Data(contentsOf: record)) }

  func write(_ job: JobRecord) throws { try replaceFile(at: record, with: encodeJSON(job)) }
}

extension Home {
  /// The unfinished run of the same fingerprint, or a new one.
  func openJob(fingerprint: String, options: TrainingOptions, name: (Int) -> String) throws -> (JobFolder, JobRecord) {
    try makeFolders()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: jobs.path)) ?? []
    for name in names.sorted() {
      let folder = JobFolder(url: jobs.appendingPathComponent(name, isDirectory: true))
      guard let record = try? folder.read() else { continue }
      if record.fingerprint == fingerprint, record.status == .running { return (folder, record) }
    }
    let created = Int(Date().timeIntervalSince1970)
    let id = "ft-" + randomName(length: 24)
    let record = JobRecord(
      id: id, fingerprint: fingerprint, fineTunedModel: name(created), created: created, status: .running,
      engine: engineName, options: options)
    let folder = JobFolder(url: jobs.appendingPathComponent(id, isDirectory: true))
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    try folder.write(record)
    return (folder, record)
  }

  /// `<base>:ft-<org>:<suffix>-YYYY-MM-DD-HH-MM-SS`, in UTC, a second later where the name is taken.
  func tunedName(base: String, suffix: String?, created: Int) -> String {
    let slug = nameSlug(suffix ?? "", limit: 40)
    for second in created... {
      let stamp = timeStamp(second)
      let name =
        slug.isEmpty
        ? "\(base):ft-\(Environment.organization)-\(stamp)" : "\(base):ft-\(Environment.organization):\(slug)-\(stamp)"
      if !hasFolder(name) { return name }
    }
    return base
  }
}

/// What this process computes with, on one line.
var engineName: String {
  let machine = Environment.machine
  return "\(machine.kernels), \(machine.matrixLibrary), \(machine.trainingPrecision), \(machine.threads) threads"
}

/// `length` random letters and digits.
func randomName(length: Int) -> String {
  let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
  return String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count)] })
}

func timeStamp(_ seconds: Int) -> String {
  let formatter = DateFormatter()
  formatter.locale = Locale(identifier: "en_US_POSIX")
  formatter.timeZone = TimeZone(secondsFromGMT: 0)
  formatter.dateFormat = "yyyy-MM-dd-HH-mm-ss"
  return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
}
