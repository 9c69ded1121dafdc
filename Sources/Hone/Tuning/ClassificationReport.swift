internal import Foundation
internal import HoneTraining

/// Accuracy with its interval, F1, the classes one by one, and the confusion matrix, as text.
func classificationReport(_ state: TrainingState, _ labels: ClassLabels) -> String? {
  guard let metrics = state.finalRecord?.classification else { return nil }
  let confusion = metrics.confusion
  let total = confusion.joined().reduce(0, +)
  let hits = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
  let interval = wilsonInterval(hits: hits, total: total)
  var lines = [
    String(
      format: "Accuracy %.3f (95 %% interval %.3f to %.3f, %d of %d)   weighted F1 %.3f   macro F1 %.3f",
      metrics.accuracy, interval.lowerBound, interval.upperBound, hits, total, metrics.weightedF1, metrics.macroF1)
  ]
  if let binary = metrics.binary {
    lines.append(
      String(
        format: "Precision %.3f   recall %.3f   F1 %.3f   AUROC %.3f   AUPRC %.3f", binary.precision, binary.recall,
        binary.fScore(beta: 1), binary.auroc ?? .nan, binary.auprc ?? .nan))
  }
  return (lines + ["", "Rows: true class. Columns: predicted class."] + matrix(confusion, labels.names))
    .joined(separator: "\n")
}

private func matrix(_ confusion: [[Int]], _ names: [String]) -> [String] {
  let names = names.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
  let width = max(4, names.map(\.count).max() ?? 0)
  let cell = max(3, "\(confusion.joined().max() ?? 0)".count + 1)
  func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
  let header = padded("", width) + names.indices.map { padded("\($0 + 1)", cell) }.joined() + "   recall"
  let rows = confusion.enumerated().map { index, row in
    let support = row.reduce(0, +)
    let recall = support > 0 ? String(format: "%.2f", Double(row[index]) / Double(support)) : "-"
    return padded(names[index], width) + row.map { padded($0 == 0 ? "·" : "\($0)", cell) }.joined()
      + "   \(recall)  \(index + 1)"
  }
  return [header] + rows
}
