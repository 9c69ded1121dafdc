extension Metrics {
  /// The text that Prometheus reads, sorted, so that equal counts have equal text.
  package func text() async -> String {
    let state = snapshot()
    var text = Exposition()
    text.family("hone_requests_total", "counter", "Requests that were answered.")
    for (key, count) in state.requests.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
      text.sample(
        "hone_requests_total", [("route", key.route), ("method", key.method), ("status", String(key.status))],
        String(count))
    }
    text.family("hone_request_seconds", "histogram", "Time from the head of a request to the end of its reply.")
    for (route, histogram) in state.seconds.sorted(by: { $0.key < $1.key }) { text.histogram(route, histogram) }
    let numbers: [(String, String, String, Int)] = [
      ("hone_reply_bytes_total", "counter", "Bytes of replies.", state.sentBytes),
      ("hone_dropped_replies_total", "counter", "Replies whose client went away.", state.dropped),
      ("hone_refused_connections_total", "counter", "Connections over the limit.", state.refusedConnections),
      ("hone_running_requests", "gauge", "Requests at work.", state.running),
      ("hone_connections", "gauge", "Open connections.", state.connections),
    ]
    for (name, kind, help, value) in numbers {
      text.family(name, kind, help)
      text.sample(name, [], String(value))
    }
    for source in state.sources {
      for family in await source() {
        text.family(family.name, family.kind.rawValue, family.help)
        for sample in family.samples { text.sample(family.name, sample.labels, String(sample.value)) }
      }
    }
    return text.lines
  }

  private static func order(_ key: Key) -> (String, String, Int) { (key.route, key.method, key.status) }
}

/// Lines in the form of Prometheus.
private struct Exposition {
  private(set) var lines = ""

  mutating func family(_ name: String, _ kind: String, _ help: String) {
    lines += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
  }

  mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
    let list = labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    lines += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
  }

  mutating func histogram(_ route: String, _ histogram: Metrics.Histogram) {
    let name = "hone_request_seconds"
    var sum = 0
    for (edge, count) in zip(Metrics.Histogram.edges, histogram.counts) {
      sum += count
      sample(name + "_bucket", [("route", route), ("le", String(edge))], String(sum))
    }
    sample(name + "_bucket", [("route", route), ("le", "+Inf")], String(histogram.count))
    sample(name + "_sum", [("route", route)], String(histogram.sum))
    sample(name + "_count", [("route", route)], String(histogram.count))
  }
}
