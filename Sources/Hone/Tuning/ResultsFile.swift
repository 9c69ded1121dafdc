internal import HonePlots
internal import HoneTraining

/// The results of a run as a file and as a picture.
struct ResultsFile {
  let csv: [UInt8]
  private let records: [StepRecord]

  init(_ records: [StepRecord], _ labels: ClassLabels?, hasValidation: Bool) {
    self.records = records
    csv = ResultsTable(records, labels: labels, hasValidation: hasValidation).csv
  }

  func chart(title: String) -> String {
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
