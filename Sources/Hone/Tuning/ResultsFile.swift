internal import Foundation
internal import HoneFiles
internal import HonePlots
internal import HoneTraining

/// The results of a run as a table and as pictures.
struct ResultsFile {
  private let title: String
  private let state: TrainingState
  private let labels: ClassLabels?
  private let hasValidation: Bool

  init(title: String, _ state: TrainingState, _ labels: ClassLabels?, hasValidation: Bool) {
    self.title = title
    self.state = state
    self.labels = labels
    self.hasValidation = hasValidation
  }

  /// Writes `compiled_results.csv`, `training.svg` and, for classes, `confusion.svg`.
  func write(to folder: URL) throws {
    let table = ResultsTable(state.records, labels: labels, hasValidation: hasValidation)
    try replaceFile(at: folder.appendingPathComponent("compiled_results.csv"), with: Data(table.csv))
    try replaceFile(at: folder.appendingPathComponent("training.svg"), with: Data(chart.utf8))
    if let confusion { try replaceFile(at: folder.appendingPathComponent("confusion.svg"), with: Data(confusion.utf8)) }
  }

  /// Writes every column of the table as a curve that TensorBoard shows. Steps have no times of their own: all bear
  /// that of the job.
  func writeEvents(to folder: URL, job: JobRecord) throws {
    var file = EventFile(wallTime: Double(job.created))
    for record in state.records {
      let columns = record.columns(betas: labels?.betas ?? [])
      for (name, value) in columns.sorted(by: { $0.key < $1.key }) where name != "step" {
        file.add(name, step: record.step, value)
      }
      file.add("learning_rate", step: record.step, Double(record.learningRate))
      file.add("gradient_norm", step: record.step, record.gradientNorm)
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = "events.out.tfevents.\(job.created).\(job.id)"
    try replaceFile(at: folder.appendingPathComponent(name), with: file.data)
  }

  private var confusion: String? {
    guard let labels, let counts = state.finalRecord?.classification?.confusion else { return nil }
    let names = labels.names.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    return confusionMatrix(title: title, labels: names, counts: counts)
  }

  private var chart: String {
    let records = state.records
    func points(_ value: (StepRecord) -> Double?) -> [(x: Double, y: Double)] {
      records.compactMap { record in value(record).map { (Double(record.step), $0) } }
    }
    return trainingChart(
      title: title,
      loss: [
        ChartSeries(name: "training", points: points { $0.training.meanLoss }, isNoisy: true),
        ChartSeries(name: "validation", points: points { $0.validation?.meanLoss }),
      ],
      accuracy: [
        ChartSeries(name: "training tokens", points: points { $0.training.tokenAccuracy }, isNoisy: true),
        ChartSeries(name: "validation tokens", points: points { $0.validation?.tokenAccuracy }),
        ChartSeries(name: "classes", points: points { $0.classification?.accuracy }),
      ])
  }
}
