import Foundation
import HonePlots
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Every element of a picture, with its attributes; throws where it is not XML.
private func elements(_ svg: String) throws -> [(name: String, attributes: [String: String])] {
  final class Reader: NSObject, XMLParserDelegate {
    var found: [(name: String, attributes: [String: String])] = []
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) { found.append((name, attributes)) }
  }
  let (parser, reader) = (XMLParser(data: Data(svg.utf8)), Reader())
  parser.delegate = reader
  try #require(parser.parse(), "not XML: \(svg.prefix(300))")
  return reader.found
}

@Test func aTrainingChartDrawsEverySeriesAndNoPointOutside() throws {
  let loss = (1...200).map { (step: Int) -> (x: Double, y: Double) in
    let bump = step % 7 == 0 ? 0.4 : 0
    return (Double(step), 3 / Double(step) + bump)
  }
  let svg = trainingChart(
    title: "a < b & \"c\"",
    loss: [
      ChartSeries(name: "training", points: loss, isNoisy: true),
      ChartSeries(name: "validation", points: [(100, 0.5), (200, .nan), (150, 0.4)]),
    ], accuracy: [ChartSeries(name: "tokens", points: [(1, 0), (200, 1)])])
  let found = try elements(svg)
  #expect(found.contains { $0.name == "text" })
  let paths = found.filter { $0.name == "polyline" || $0.name == "path" }
  #expect(paths.count >= 3)
  for path in paths {
    let numbers = (path.attributes["points"] ?? path.attributes["d"] ?? "").split { " ,ML".contains($0) }.map {
      Double($0)
    }
    #expect(!numbers.isEmpty)
    #expect(numbers.allSatisfy { $0.map { $0.isFinite && $0 >= 0 && $0 <= 800 } ?? false })
  }
}

@Test func aChartOfNothingSaysSo() throws {
  let svg = trainingChart(title: "empty", loss: [], accuracy: [])
  #expect(svg.contains("no values"))
  #expect(try elements(svg).count > 2)
}

@Test func aConfusionMatrixShowsEveryCount() throws {
  let svg = confusionMatrix(
    title: "m", labels: ["a&b", "long label", "c"], counts: [[5, 0, 1], [0, 0, 0], [2, 3, 40]])
  let found = try elements(svg)
  #expect(found.filter { $0.name == "rect" && $0.attributes["class"] == "edge" }.count == 9)
  #expect(found.filter { $0.name == "rect" && $0.attributes["class"] == "cell" }.count == 5)
  for text in [">5<", ">1<", ">2<", ">3<", ">40<", "83% of 6", "89% of 45", "none", "a&amp;b"] {
    #expect(svg.contains(text), "\(text)")
  }
}

@Test func histogramsDrawABarForEveryBinThatIsNotEmpty() throws {
  let panels = [
    HistogramPanel(title: "before", series: [("together", [0, 3, 9]), ("apart", [4, 0, 1])], mark: 0.2),
    HistogramPanel(title: "after", series: [("together", [0, 0, 12]), ("apart", [5, 0, 0])], mark: 7),
  ]
  let found = try elements(histograms(title: "a < b", range: -1...1, panels: panels))
  let bars = found.filter { $0.name == "rect" && $0.attributes["x"] != nil }
  // Six bins that hold something, and two colours named in each panel.
  #expect(bars.count == 6 + 4)
  #expect(found.count { $0.attributes["stroke-dasharray"] != nil } == 1)
  let heights = bars.compactMap { Double($0.attributes["height"] ?? "") }.filter { $0 != 10 }
  #expect(heights.max().map { abs($0 - heights.min()! * 12) < 2 } == true)
  #expect(try !elements(histograms(title: "", range: 0...1, panels: [])).isEmpty)
}
