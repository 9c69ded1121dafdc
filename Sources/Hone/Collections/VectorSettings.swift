internal import HoneKernels
internal import HoneSearch

/// How the vectors of a collection are compared, and how its index holds them.
///
/// The file of rows keeps every vector in float32; what the index holds narrower is compared again with these.
public struct VectorSettings: Sendable, Codable, Equatable {
  /// What nearness is. Vectors of length 1, as most models make them, come in the same order by all three.
  public enum Metric: String, Sendable, Codable, CaseIterable {
    /// The cosine of the angle; the lengths say nothing.
    case cosine
    /// The inner product.
    case dot
    /// Minus the squared Euclidean distance.
    case l2
  }

  /// The numbers that the index holds.
  public enum Encoding: String, Sendable, Codable, CaseIterable {
    case float32
    /// Half the bytes.
    case bfloat16
    /// A quarter of the bytes, a scale for each vector.
    case int8
  }

  /// Of all rows that ever come: a collection keeps the one that it was made with.
  public var metric = Metric.cosine
  public var encoding = Encoding.bfloat16
  /// Lists that the index divides rows into, at most as many as rows; nil: about 3.2 times the root of the rows.
  public var lists: Int?
  /// Groups of four bits of a row's code, from 4 on; nil: one for four dimensions, at most 256.
  public var groups: Int?

  public init(metric: Metric = .cosine, encoding: Encoding = .bfloat16, lists: Int? = nil, groups: Int? = nil) {
    (self.metric, self.encoding, self.lists, self.groups) = (metric, encoding, lists, groups)
  }

  /// - Throws: `HoneError` for counts out of range.
  func check() throws {
    let ranges = [("lists", lists, 1...1 << 24), ("groups", groups, 4...CodeWords.mostGroups)]
    for (name, found, range) in ranges {
      guard let found, !range.contains(found) else { continue }
      throw HoneError(
        "\(name): expected \(range.lowerBound) to \(range.upperBound), found \(found)",
        remedy: "choose another, or leave it out", parameter: name)
    }
  }

  // MARK: as a collection says it

  /// What a collection says of itself; nil where that is none of these. Older ones say nothing of their index.
  init?(_ head: [String: String]) {
    guard let metric = Metric(rawValue: head["metric"] ?? "cosine"),
      let encoding = Encoding(rawValue: head["encoding"] ?? "bfloat16")
    else { return nil }
    self.init(
      metric: metric, encoding: encoding, lists: head["lists"].flatMap { Int($0) },
      groups: head["groups"].flatMap { Int($0) })
    guard (try? check()) != nil else { return nil }
  }

  var head: [String: String?] {
    [
      "metric": metric.rawValue, "encoding": encoding.rawValue, "lists": lists.map { "\($0)" },
      "groups": groups.map { "\($0)" },
    ]
  }
}

extension VectorMetric {
  init(_ metric: VectorSettings.Metric) {
    switch metric {
    case .cosine: self = .cosine
    case .dot: self = .dot
    case .l2: self = .l2
    }
  }

  /// A score as a number from 0 to 1, larger still being nearer.
  func share(_ score: Double) -> Double {
    switch self {
    case .cosine, .dot: min(1, max(0, score))
    case .l2: 1 / (1 - min(0, score))
    }
  }
}

extension RowEncoding {
  init(_ encoding: VectorSettings.Encoding) {
    switch encoding {
    case .float32: self = .float32
    case .bfloat16: self = .bfloat16
    case .int8: self = .int8
    }
  }
}
