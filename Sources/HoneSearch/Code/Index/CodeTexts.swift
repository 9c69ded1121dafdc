extension CodeUnit {
  /// What a model of meaning reads of this unit: what it is called, what it is for, and how it begins.
  package func meaning(path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file.split(separator: ".").first.map(String.init) ?? file
    let names = [container.isEmpty ? stem : container, kind == .lines ? "" : name].map(IdentifierWords.spaced)
    return [
      names.filter { !$0.isEmpty }.joined(separator: ": "), String(firstParagraph.prefix(400)),
      String(signature.prefix(200)), body(bytes: 500),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// How often each word occurs, those of the name and its surroundings several times.
  func wordCounts(path: String) -> [UInt64: Int] {
    var counts = IdentifierWords.counts(of: source)
    func add(_ text: String, _ weight: Int) {
      counts.merge(IdentifierWords.counts(of: text).mapValues { $0 * weight }) { $0 + $1 }
    }
    if kind != .lines { add(name, 6) }
    add(container, 2)
    add(doc, 2)
    add(path, 1)
    return counts
  }

  /// The doc comment up to the first blank line.
  private var firstParagraph: String {
    doc.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .prefix { !$0.allSatisfy(\.isWhitespace) }.joined(separator: " ")
  }

  /// The first lines of the source behind its head and docstring that say something.
  private func body(bytes: Int) -> String {
    let known = Set(doc.split(whereSeparator: \.isNewline).map { $0.utf8.filter { $0 > 0x20 } })
    var head = kind == .lines ? [] : signature.utf8.filter { $0 > 0x20 }[...]
    var result: [UInt8] = []
    for line in source.utf8.split(separator: 0x0A) where result.count < bytes {
      let marks = line.filter { $0 > 0x20 }
      if !head.isEmpty {  // it may be divided over lines, and ends with a colon or a brace
        let isWithin = head.starts(with: marks)
        let endsIt = marks.starts(with: head) && marks.count <= head.count + 1
        head = isWithin ? head.dropFirst(marks.count) : []
        if isWithin || endsIt { continue }
      }
      if marks.contains(where: isSwiftWord), !known.contains(marks) { result += line.drop { $0 <= 0x20 } + [0x0A] }
    }
    return String(decoding: result.prefix(bytes), as: UTF8.self)
  }
}
