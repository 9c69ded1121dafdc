/// Stores that are kept open by their names, no more than a few: those that were asked for last.
///
/// One that is let go lives on for as long as somebody still reads from it.
package struct OpenStores {
  private var entries: [String: (store: SearchCollection, use: Int)] = [:]
  private var uses = 0
  private let most: Int

  package init(most: Int) { self.most = most }

  package var all: [SearchCollection] { entries.values.map(\.store) }

  /// The store of a name; nil where it is not open, or where another file was put in the place of its rows.
  package subscript(name: String) -> SearchCollection? {
    mutating get {
      guard let entry = entries[name] else { return nil }
      guard !entry.store.isReplaced else {
        entries[name] = nil
        return nil
      }
      uses += 1
      entries[name]?.use = uses
      return entry.store
    }
    set {
      uses += 1
      entries[name] = newValue.map { ($0, uses) }
      while entries.count > most, let oldest = entries.min(by: { $0.value.use < $1.value.use }) {
        entries[oldest.key] = nil
      }
    }
  }
}
