/// The command that trains on prepared files.
struct TuneCommand {
  /// The training file and, when split, the validation file.
  var files: [String]
  /// The classes, most frequent first; empty when no metrics are to be computed.
  var classes: [ClassCount]

  /// In Hone's own form.
  var hone: String {
    var words = ["hone tune -t \(quoted(files.first ?? ""))"]
    if files.count > 1 { words.append("-v \(quoted(files[1]))") }
    words.append("-m nano")
    guard !classes.isEmpty else { return words.joined(separator: " ") }
    words.append("--compute-classification-metrics")
    words.append(
      classes.count == 2
        ? "--classification-positive-class \(quoted(classes[0].label))"
        : "--classification-n-classes \(classes.count)")
    return words.joined(separator: " ")
  }

  /// In the older command line's form.
  var legacy: String {
    var words = ["hone api fine_tunes.create -t \(quoted(files.first ?? ""))"]
    if files.count > 1 { words.append("-v \(quoted(files[1]))") }
    guard !classes.isEmpty else { return words.joined(separator: " ") }
    words.append("--compute_classification_metrics")
    words.append(
      classes.count == 2
        ? "--classification_positive_class \(quoted(classes[0].label))"
        : "--classification_n_classes \(classes.count)")
    return words.joined(separator: " ")
  }
}

/// The text as one shell word: in double quotes, or in the `$'…'` form when it holds what those would change.
func quoted(_ text: String) -> String {
  let needsEscapes = text.unicodeScalars.contains {
    $0.value < 0x20 || $0.value == 0x7f || "\"\\$`!".unicodeScalars.contains($0)
  }
  guard needsEscapes else { return "\"\(text)\"" }
  var word = "$'"
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": word += "\\n"
    case "\t": word += "\\t"
    case "\r": word += "\\r"
    case "'", "\\": word += "\\\(scalar)"
    default:
      if scalar.value < 0x20 || scalar.value == 0x7f {
        word += "\\x" + String(scalar.value >> 4, radix: 16) + String(scalar.value & 15, radix: 16)
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
  }
  return word + "'"
}
