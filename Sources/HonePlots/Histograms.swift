/// Bars of how many values fall where, one picture above another on the same scale.
package struct HistogramPanel: Sendable {
  package let title: String
  /// Shapes: (bins); every series of a picture has as many.
  package let series: [(name: String, counts: [Int])]
  /// Marked with a dashed line; nil: nothing is.
  package let mark: Double?

  package init(title: String, series: [(name: String, counts: [Int])], mark: Double? = nil) {
    self.title = title
    self.series = series
    self.mark = mark
  }
}

/// Histograms over `range`, cut into equal bins, as a self-contained SVG. Series lie over one another, half transparent.
package func histograms(title: String, range: ClosedRange<Double>, panels: [HistogramPanel]) -> String {
  let (width, panelHeight, top) = (760.0, 220.0, 44.0)
  let height = top + panelHeight * Double(panels.count) + 12
  let most = panels.flatMap(\.series).flatMap(\.counts).max() ?? 0
  var svg = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" font-family="system-ui, sans-serif" font-size="12">
    <style>svg{color:#1b1b1b;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e8e8e8;background:#161616}}text{fill:currentColor}.grid{stroke:currentColor;stroke-opacity:.15}</style>
    <text x="16" y="26" font-size="15" font-weight="600">\(escaped(title))</text>

    """
  for (index, panel) in panels.enumerated() {
    svg += panel.svg(
      top: top + Double(index) * panelHeight, width: width, height: panelHeight, range: range, most: most)
  }
  return svg + "</svg>\n"
}

extension HistogramPanel {
  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]

  fileprivate func svg(top: Double, width: Double, height: Double, range: ClosedRange<Double>, most: Int) -> String {
    let (left, right, up, down) = (64.0, width - 20, top + 30, top + height - 30)
    func x(_ value: Double) -> Double {
      left + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (right - left)
    }
    func y(_ count: Double) -> Double { down - count / Double(max(1, most)) * (down - up) }
    var svg = "<text x=\"16\" y=\"\(number(top + 16))\" font-weight=\"600\">\(escaped(title))</text>\n"
    for tick in niceTicks(0, Double(max(1, most))) where tick <= Double(max(1, most)) {
      svg +=
        "<line class=\"grid\" x1=\"\(number(left))\" x2=\"\(number(right))\" y1=\"\(number(y(tick)))\" y2=\"\(number(y(tick)))\"/>"
      svg += "<text x=\"\(number(left - 8))\" y=\"\(number(y(tick) + 4))\" text-anchor=\"end\">\(label(tick))</text>\n"
    }
    for tick in niceTicks(range.lowerBound, range.upperBound) where range.contains(tick) {
      svg += "<text x=\"\(number(x(tick)))\" y=\"\(number(down + 18))\" text-anchor=\"middle\">\(label(tick))</text>\n"
    }
    var legend = left + 110
    for (index, part) in series.enumerated() {
      let colour = Self.colours[index % Self.colours.count]
      let bin = (right - left) / Double(max(1, part.counts.count))
      for (place, count) in part.counts.enumerated() where count > 0 {
        let (from, above) = (left + Double(place) * bin, y(Double(count)))
        svg +=
          "<rect x=\"\(number(from + 1))\" y=\"\(number(above))\" width=\"\(number(bin - 2))\" height=\"\(number(down - above))\" fill=\"\(colour)\" fill-opacity=\".55\"/>"
      }
      svg +=
        "<rect x=\"\(number(legend))\" y=\"\(number(top + 6))\" width=\"14\" height=\"10\" fill=\"\(colour)\" fill-opacity=\".55\"/>"
      svg += "<text x=\"\(number(legend + 20))\" y=\"\(number(top + 16))\">\(escaped(part.name))</text>\n"
      legend += 40 + Double(part.name.count) * 7
    }
    guard let mark, range.contains(mark) else { return svg }
    return svg
      + "<line x1=\"\(number(x(mark)))\" x2=\"\(number(x(mark)))\" y1=\"\(number(up))\" y2=\"\(number(down))\" stroke=\"currentColor\" stroke-dasharray=\"4 3\"/>\n"
  }
}
