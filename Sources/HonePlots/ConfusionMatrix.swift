internal import Foundation

/// How often each true class was taken for each class, as a self-contained SVG: rows true, columns predicted.
///
/// The shade of a cell is its share of the row; `counts` is (classes, classes).
package func confusionMatrix(title: String, labels: [String], counts: [[Int]]) -> String {
  let classes = labels.count
  precondition(
    counts.count == classes && counts.allSatisfy { $0.count == classes }, "\(classes) labels, \(counts.count) rows")
  let cell = classes > 20 ? 22.0 : 34.0
  let longest = Double(labels.map(\.count).max() ?? 0)
  let (left, top) = (max(60, 26 + longest * 7.2), 72 + max(24, longest * 6.2))
  let (width, height) = (left + Double(classes) * cell + 76, top + Double(classes) * cell + 40)
  var svg = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" font-family="system-ui, sans-serif" font-size="12">
    <style>svg{color:#1b1b1b;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e8e8e8;background:#161616}}text{fill:currentColor}.cell{fill:#0072b2}.edge{fill:none;stroke:currentColor;stroke-opacity:.2}</style>
    <text x="16" y="26" font-size="15" font-weight="600">\(escaped(title))</text>
    <text x="16" y="46">rows: true class, columns: predicted class</text>

    """
  for (index, label) in labels.enumerated() {
    let middle = (Double(index) + 0.5) * cell
    svg +=
      "<text x=\"\(number(left - 8))\" y=\"\(number(top + middle + 4))\" text-anchor=\"end\">\(escaped(label))</text>"
    let (x, y) = (number(left + middle + 4), number(top - 8))
    svg += "<text transform=\"translate(\(x) \(y)) rotate(-60)\">\(escaped(label))</text>\n"
  }
  for (row, values) in counts.enumerated() {
    let total = values.reduce(0, +)
    for (column, count) in values.enumerated() {
      svg += square(
        x: left + Double(column) * cell, y: top + Double(row) * cell, size: cell, count: count,
        share: total > 0 ? Double(count) / Double(total) : 0)
    }
    let recall = total > 0 ? String(format: "%.0f%% of %d", 100 * Double(values[row]) / Double(total), total) : "none"
    let (x, y) = (left + Double(classes) * cell + 8, top + (Double(row) + 0.5) * cell + 4)
    svg += "<text x=\"\(number(x))\" y=\"\(number(y))\">\(recall)</text>\n"
  }
  return svg + "</svg>\n"
}

private func square(x: Double, y: Double, size: Double, count: Int, share: Double) -> String {
  let place = "x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(size))\" height=\"\(number(size))\""
  var svg =
    count > 0 ? "<rect class=\"cell\" \(place) fill-opacity=\"\(String(format: "%.3f", 0.1 + 0.9 * share))\"/>" : ""
  svg += "<rect class=\"edge\" \(place)/>"
  guard count > 0 else { return svg + "\n" }
  let ink = share > 0.5 ? " style=\"fill:#fff\"" : ""
  return svg
    + "<text x=\"\(number(x + size / 2))\" y=\"\(number(y + size / 2 + 4))\" text-anchor=\"middle\"\(ink)>\(count)</text>\n"
}
