/// What the rows look like they are for; judged from the rows alone.
package enum TaskKind: String, Sendable, Codable {
  /// Every prompt is empty.
  case openEnded
  /// Fewer distinct completions than a third of the rows.
  case classification
  /// Anything else: each prompt has its own completion.
  case conditional

  /// The kind of task that these rows are for.
  package init(of examples: [Example]) {
    if examples.allSatisfy({ $0.prompt.isEmpty }) {
      self = .openEnded
    } else if 3 * Set(examples.map(\.completion)).count < examples.count {
      self = .classification
    } else {
      self = .conditional
    }
  }
}
