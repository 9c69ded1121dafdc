internal import Foundation

// SVG pictures: text in, text out. This room knows numbers and names; it knows no model and no file.

/// One line of a chart. Points that are not finite are gaps.
package struct ChartSeries: Sendable {
  package var name: String
  package var points: [(x: Double, y: Double)]
  /// Drawn faint, with a smoothed line over it.
  package var isNoisy: Bool

  package init(name: String, points: [(x: Double, y: Double)], isNoisy: Bool = false) {
    self.name = name
    self.points = points
    self.isNoisy = isNoisy
  }
}

/// Loss and accuracy over the steps of a run, one above the other, as a self-contained SVG.
package func trainingChart(title: String, loss: [ChartSeries], accuracy: [ChartSeries]) -> String {
  let panels = [
    ChartPanel(title: "loss (nats)", series: loss.filter { !$0.points.isEmpty }, floor: nil),
    ChartPanel(title: "accuracy", series: accuracy.filter { !$0.points.isEmpty }, floor: 0),
  ]
  let (width, panelHeight, top) = (760.0, 240.0, 44.0)
  let height = top + panelHeight * Double(panels.count) + 12
  var svg = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" font-family="system-ui, sans-serif" font-size="12">
    <style>svg{color:#1b1b1b;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e8e8e8;background:#161616}}text{fill:currentColor}.grid{stroke:currentColor;stroke-opacity:.15}</style>
    <text x="16" y="26" font-size="15" font-weight="600">\(escaped(title))</text>

    """
  for (index, panel) in panels.enumerated() {
    svg += panel.svg(top: top + Double(index) * panelHeight, width: width, height: panelHeight)
  }
  return svg + "</svg>\n"
}

private struct ChartPanel {
  let title: String
  let series: [ChartSeries]
  let floor: Double?

  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]

  func svg(top: Double, width: Double, height: Double) -> String {
    let finite = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    guard let firstX = finite.map(\.x).min(), let lastX = finite.map(\.x).max(), let least = finite.map(\.y).min(),
      let most = finite.map(\.y).max()
    else { return "<text x=\"16\" y=\"\(number(top + 20))\">\(escaped(title)): no values</text>\n" }
    let ticks = niceTicks(min(floor ?? least, least), max(most, floor ?? most))
    let (low, high) = (ticks.first ?? 0, ticks.last ?? 1)
    let (left, right, up, down) = (64.0, width - 20, top + 30, top + height - 30)
    func x(_ value: Double) -> Double {
      left + (lastX > firstX ? (value - firstX) / (lastX - firstX) : 0.5) * (right - left)
    }
    func y(_ value: Double) -> Double { down - (value - low) / max(high - low, 1e-12) * (down - up) }
    var svg = "<text x=\"16\" y=\"\(number(top + 16))\" font-weight=\"600\">\(escaped(title))</text>\n"
    for tick in ticks {
      svg +=
        "<line class=\"grid\" x1=\"\(number(left))\" x2=\"\(number(right))\" y1=\"\(number(y(tick)))\" y2=\"\(number(y(tick)))\"/>"
      svg += "<text x=\"\(number(left - 8))\" y=\"\(number(y(tick) + 4))\" text-anchor=\"end\">\(label(tick))</text>\n"
    }
    for tick in niceTicks(firstX, lastX) where tick >= firstX && tick <= lastX {
      svg += "<text x=\"\(number(x(tick)))\" y=\"\(number(down + 18))\" text-anchor=\"middle\">\(label(tick))</text>\n"
    }
    var legend = left + 110
    for (index, line) in series.enumerated() {
      let colour = Self.colours[index % Self.colours.count]
      let points = thinned(line.points)
      let path = polyline(points, x, y)
      if line.isNoisy, points.count > 12 {
        svg += "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-opacity=\".28\"/>\n"
        svg +=
          "<path d=\"\(polyline(smoothed(points), x, y))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>\n"
      } else {
        svg += "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>\n"
        if points.count <= 60 {
          for point in points where point.x.isFinite && point.y.isFinite {
            svg += "<circle cx=\"\(number(x(point.x)))\" cy=\"\(number(y(point.y)))\" r=\"2.5\" fill=\"\(colour)\"/>"
          }
        }
      }
      svg += "<rect x=\"\(number(legend))\" y=\"\(number(top + 8))\" width=\"14\" height=\"4\" fill=\"\(colour)\"/>"
      svg += "<text x=\"\(number(legend + 20))\" y=\"\(number(top + 16))\">\(escaped(line.name))</text>\n"
      legend += 40 + Double(line.name.count) * 7
    }
    return svg
  }

  /// A path through finite points; others interrupt it.
  private func polyline(_ points: [(x: Double, y: Double)], _ x: (Double) -> Double, _ y: (Double) -> Double) -> String
  {
    var path = ""
    var isOpen = false
    for point in points {
      guard point.x.isFinite, point.y.isFinite else {
        isOpen = false
        continue
      }
      path += "\(isOpen ? "L" : "M")\(number(x(point.x))) \(number(y(point.y)))"
      isOpen = true
    }
    return path
  }
}

/// Means of the finite values around each point, over a twenty-fifth of the chart.
private func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
  let reach = max(1, points.count / 50)
  var sums = [(total: 0.0, count: 0.0)]
  for point in points {
    let last = sums[sums.count - 1]
    sums.append(point.y.isFinite ? (last.total + point.y, last.count + 1) : last)
  }
  return points.indices.map { index in
    let (from, to) = (sums[max(0, index - reach)], sums[min(points.count, index + reach + 1)])
    return (points[index].x, (to.total - from.total) / (to.count - from.count))
  }
}

/// At most `limit` points: means of neighbours, so that a long run does not make a huge picture.
private func thinned(_ points: [(x: Double, y: Double)], limit: Int = 2000) -> [(x: Double, y: Double)] {
  guard points.count > limit else { return points }
  return (0..<limit).map { place in
    let part = points[points.count * place / limit..<points.count * (place + 1) / limit]
    let finite = part.filter { $0.x.isFinite && $0.y.isFinite }
    let count = Double(finite.count)
    return (finite.reduce(0) { $0 + $1.x } / count, finite.reduce(0) { $0 + $1.y } / count)
  }
}

/// Round numbers that span a range, about five of them. Source: Heckbert 1990.
func niceTicks(_ low: Double, _ high: Double) -> [Double] {
  guard low.isFinite, high.isFinite, high >= low else { return [0, 1] }
  let span = high > low ? high - low : max(abs(low), 1) * 0.1
  let rough = span / 5
  let magnitude = pow(10, Foundation.floor(log10(rough)))
  let step = ([1, 2, 2.5, 5, 10].first { $0 * magnitude >= rough } ?? 10) * magnitude
  let first = Foundation.floor(low / step)
  let count = min(20, Int((Foundation.ceil(high / step + 1e-9) - first).rounded()))
  return (0...max(1, count)).map { (first + Double($0)) * step }
}

func label(_ value: Double) -> String {
  let text = String(format: "%.6g", value)
  return text == "-0" ? "0" : text
}

/// A coordinate with two places.
func number(_ value: Double) -> String { String(format: "%.2f", value) }

/// Text that is safe inside SVG: markup escaped, control characters gone.
package func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
      result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
