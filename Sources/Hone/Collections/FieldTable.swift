internal import HoneFiles
internal import HoneKernels
internal import HoneSearch

/// The fields of all rows by column, so that a filter looks at every different value once.
struct FieldTable: Sendable {
  /// A value a row, by its place among `values`.
  private struct Column: Sendable {
    var codes: [UInt32] = []
    var values: [FilterValue] = [.null]
    var known: [String: UInt32] = [:]
  }

  private var ids: [UInt32] = []
  private var places: [UInt32: Int] = [:]
  private var columns: [String: Column] = [:]

  var names: [String] { columns.keys.sorted() }
  var count: Int { places.count }

  /// Adds a row; one of the same id is replaced.
  mutating func add(_ id: UInt32, _ fields: [String: FilterValue]) {
    remove(id)
    let place = ids.count
    ids.append(id)
    places[id] = place
    for (name, value) in fields {
      var column = columns.removeValue(forKey: name) ?? Column()
      column.codes += [UInt32](repeating: 0, count: max(0, place - column.codes.count))
      let spelled = String(describing: value)
      let code = column.known[spelled] ?? UInt32(column.values.count)
      if code == column.values.count {
        column.values.append(value)
        column.known[spelled] = code
      }
      column.codes.append(code)
      columns[name] = column
    }
  }

  mutating func remove(_ id: UInt32) { places[id] = nil }

  /// The rows that a filter wants.
  func rows(_ filter: RowFilter) -> RowSet {
    let wanted = bits(filter)
    var result = RowSet(rowsBelow: Int(ids.max() ?? 0) + 1)
    for (place, id) in ids.enumerated() where wanted[place] && places[id] == place { result.insert(id) }
    return result
  }

  /// The value of a field for every row that has it.
  func values(_ name: String) -> [(id: UInt32, value: FilterValue)] {
    guard let column = columns[name] else { return [] }
    return column.codes.enumerated().compactMap { place, code in
      let id = ids[place]
      guard code > 0, places[id] == place else { return nil }
      return (id, column.values[Int(code)])
    }
  }

  private func bits(_ filter: RowFilter) -> [Bool] {
    switch filter {
    case .not(let inner): return bits(inner).map { !$0 }
    case .all(let parts):
      return parts.reduce([Bool](repeating: true, count: ids.count)) { zip($0, bits($1)).map { $0 && $1 } }
    case .some(let parts):
      return parts.reduce([Bool](repeating: false, count: ids.count)) { zip($0, bits($1)).map { $0 || $1 } }
    case .compare(let field, _, _), .among(let field, _), .contains(let field, _), .isNull(let field):
      let column = columns[field] ?? Column()
      let holds = column.values.map { value in filter.matches { $0 == field ? value : .null } }
      return ids.indices.map { holds[$0 < column.codes.count ? Int(column.codes[$0]) : 0] }
    }
  }
}

extension FilterValue {
  init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .number(let digits): self = Double(digits).map { .number($0) } ?? .text(digits)
    case .string(let text): self = .text(text)
    case .array(let values): self = .list(values.map { FilterValue($0) })
    case .object: self = .text(json.text)
    }
  }
}
