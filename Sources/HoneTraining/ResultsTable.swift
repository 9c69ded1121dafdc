/// The results file of a run: one row a step, empty where a metric was not computed at that step.
///
/// Source: the columns and their order are those of the hosted service's `compiled_results.csv`.
package struct ResultsTable: Sendable {
  package let columns: [String]
  private let rows: [[String: String]]

  package init(_ records: [StepRecord], labels: ClassLabels?, hasValidation: Bool) {
    var columns = [
      "step", "elapsed_tokens", "elapsed_examples", "training_loss", "training_sequence_accuracy",
      "training_token_accuracy",
    ]
    if hasValidation {
      columns += ["validation_loss", "validation_sequence_accuracy", "validation_token_accuracy"]
    }
    if let labels, hasValidation {
      columns.append("classification/accuracy")
      columns +=
        labels.positive != nil
        ? ["precision", "recall", "auroc", "auprc", "f1.0"].map { "classification/\($0)" }
          + labels.betas.filter { $0 != 1 }.map { "classification/f\($0)" } : ["classification/weighted_f1_score"]
    }
    self.columns = columns
    let betas = labels?.betas ?? []
    rows = records.map { record in
      var row = record.columns(betas: betas).mapValues { "\($0)" }
      for name in ["step", "elapsed_tokens", "elapsed_examples"] {
        row[name] = row[name].map { $0.hasSuffix(".0") ? String($0.dropLast(2)) : $0 }
      }
      return row
    }
  }

  /// The file's bytes; numbers are the shortest that read back the same.
  package var csv: [UInt8] {
    let lines =
      [columns.joined(separator: ",")]
      + rows.map { row in
        columns.map { row[$0] ?? "" }.joined(separator: ",")
      }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}

extension StepRecord {
  /// The metrics of this step by column name.
  package func columns(betas: [Double]) -> [String: Double] {
    var row: [String: Double] = [
      "step": Double(step), "elapsed_tokens": Double(elapsedTokens), "elapsed_examples": Double(elapsedExamples),
      "training_loss": training.meanLoss, "training_sequence_accuracy": training.sequenceAccuracy,
      "training_token_accuracy": training.tokenAccuracy,
    ]
    if let validation {
      row["validation_loss"] = validation.meanLoss
      row["validation_sequence_accuracy"] = validation.sequenceAccuracy
      row["validation_token_accuracy"] = validation.tokenAccuracy
    }
    guard let classification else { return row }
    row["classification/accuracy"] = classification.accuracy
    guard let binary = classification.binary else {
      row["classification/weighted_f1_score"] = classification.weightedF1
      return row
    }
    row["classification/precision"] = binary.precision
    row["classification/recall"] = binary.recall
    row["classification/auroc"] = binary.auroc
    row["classification/auprc"] = binary.auprc
    row["classification/f1.0"] = binary.fScore(beta: 1)
    for beta in betas where beta != 1 { row["classification/f\(beta)"] = binary.fScore(beta: beta) }
    return row
  }
}
