/// A pattern for paths, with the rules of `.gitignore`.
///
/// `*` and `?` stay within a name, `**` crosses folders, `[a-z]` and `[!a-z]` are sets, `\` takes the next character
/// as it is. Without a slash but at the end, a pattern is for names at any depth; a slash at the end is for folders.
/// What a matched folder holds is matched. Source: git's manual of gitignore.
package struct PathPattern: Sendable, Equatable {
  private enum Part: Equatable {
    case byte(UInt8)
    case any
    case star
    /// `**/`: any number of whole folders.
    case folders
    /// `**`: anything at all.
    case rest
    case set(Set<UInt8>, isNegated: Bool)

    var literal: UInt8? { if case .byte(let byte) = self { byte } else { nil } }
  }

  private let parts: [Part]
  /// The bytes that every match begins and ends with: most paths go no further.
  private let head: [UInt8]
  private let tail: [UInt8]
  private let wantsFolder: Bool
  private let isAnchored: Bool

  package init(_ text: String) {
    var bytes = Array(text.utf8)[...]
    wantsFolder = bytes.last == slash
    while bytes.last == slash { bytes.removeLast() }
    isAnchored = bytes.contains(slash)
    if bytes.first == slash { bytes.removeFirst() }
    var parts: [Part] = []
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "?"): parts.append(.any)
      case UInt8(ascii: "*"):
        guard bytes.first == byte else {
          parts.append(.star)
          continue
        }
        while bytes.first == byte { bytes.removeFirst() }
        if bytes.first == slash {
          bytes.removeFirst()
          parts.append(.folders)
        } else {
          parts.append(.rest)
        }
      case UInt8(ascii: "["): parts.append(Self.set(&bytes) ?? .byte(byte))
      case UInt8(ascii: "\\"): parts.append(.byte(bytes.popFirst() ?? byte))
      default: parts.append(.byte(byte))
      }
    }
    self.parts = parts
    head = parts.prefix { $0.literal != nil }.compactMap(\.literal)
    tail = parts.reversed().prefix { $0.literal != nil }.compactMap(\.literal).reversed()
  }

  /// The set whose opening bracket was read; nil, and nothing taken, where none is closed.
  private static func set(_ bytes: inout ArraySlice<UInt8>) -> Part? {
    var rest = bytes
    var members: Set<UInt8> = []
    let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
    if isNegated { rest.removeFirst() }
    var isFirst = true
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "]"), !isFirst {
        bytes = rest
        return .set(members, isNegated: isNegated)
      }
      isFirst = false
      if rest.count >= 2, rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") {
        rest.removeFirst(2)
        if byte <= end { members.formUnion(byte...end) }
      } else {
        members.insert(byte)
      }
    }
    return nil
  }

  /// Whether a file's path, relative to where the pattern stands, or a folder above it matches.
  package func matches(file path: String) -> Bool {
    let bytes = Array(path.utf8)
    if !wantsFolder, matches(bytes[...]) { return true }
    return bytes.indices.contains { bytes[$0] == slash && matches(bytes[..<$0]) }
  }

  /// Whether this very file or folder matches, whatever is above it.
  func matches(_ path: String, isFolder: Bool) -> Bool {
    guard isFolder || !wantsFolder else { return false }
    return matches(Array(path.utf8)[...])
  }

  private func matches(_ path: ArraySlice<UInt8>) -> Bool {
    let start = isAnchored ? path.startIndex : (path.lastIndex(of: slash).map { $0 + 1 } ?? path.startIndex)
    let name = path[start...]
    return name.starts(with: head) && name.reversed().starts(with: tail.reversed()) && matchesWhole(Array(name))
  }

  /// Which beginnings of the pattern match which beginnings of the text, one byte of the text at a time.
  private func matchesWhole(_ text: [UInt8]) -> Bool {
    var reached = [Bool](repeating: false, count: parts.count + 1)
    reached[0] = true
    spread(&reached, atFolder: true)
    for byte in text {
      var next = [Bool](repeating: false, count: parts.count + 1)
      for (index, part) in parts.enumerated() where reached[index] {
        switch part {
        case .byte(let wanted): next[index + 1] = next[index + 1] || wanted == byte
        case .any: next[index + 1] = next[index + 1] || byte != slash
        case .star: next[index] = next[index] || byte != slash
        case .folders, .rest: next[index] = true
        case .set(let members, let isNegated):
          next[index + 1] = next[index + 1] || byte != slash && members.contains(byte) != isNegated
        }
      }
      spread(&next, atFolder: byte == slash)
      reached = next
    }
    return reached[parts.count]
  }

  /// Stars may match nothing; `**/` ends where a folder's name has ended.
  private func spread(_ reached: inout [Bool], atFolder: Bool) {
    for (index, part) in parts.enumerated() where reached[index] {
      if part == .star || part == .rest || part == .folders && atFolder { reached[index + 1] = true }
    }
  }
}

private let slash = UInt8(ascii: "/")

/// The lines of one `.gitignore`.
package struct IgnoreFile: Sendable {
  private let rules: [(pattern: PathPattern, ignores: Bool)]

  package init(_ text: String) {
    rules = text.split(whereSeparator: \.isNewline).compactMap { line in
      var line = String(line)
      while line.hasSuffix(" "), !line.hasSuffix("\\ ") { line.removeLast() }
      guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
      let isException = line.hasPrefix("!")
      return (PathPattern(isException ? String(line.dropFirst()) : line), !isException)
    }
  }

  /// Whether the last rule that speaks of a path ignores it; nil: none does. The path is relative to the file's folder.
  package func ignores(_ path: String, isFolder: Bool) -> Bool? {
    rules.last { $0.pattern.matches(path, isFolder: isFolder) }?.ignores
  }
}
