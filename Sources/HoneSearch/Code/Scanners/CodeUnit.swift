/// A piece of source with a name: what search by words and by meaning finds.
package struct CodeUnit: Sendable, Equatable {
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case function, type
    /// Some lines of a file in a language whose parts are not known.
    case lines
  }

  package let kind: Kind
  package let name: String
  /// The names of the types and functions around it, outermost first, with dots.
  package let container: String
  /// Its head on one line, as it is written, without the body.
  package let signature: String
  /// Its doc comment or docstring, without the marks of comments.
  package let doc: String
  /// From 1, both included; attributes and decorators belong to it, a doc comment above does not.
  package let lines: ClosedRange<Int>
  /// The source of these lines, or the first 16 KiB of it.
  package let source: String

  init(
    kind: Kind, name: String, container: String, signature: String, doc: String, lines: ClosedRange<Int>, source: String
  ) {
    (self.kind, self.container, self.lines, self.source) = (kind, container, lines, source)
    self.name = String(name.prefix(200))
    self.signature = String(signature.prefix(400))
    self.doc = String(doc.prefix(4000))
  }

  /// The containers and the name.
  package var qualifiedName: String { container.isEmpty ? name : "\(container).\(name)" }
}

/// The languages that are told apart by the names of files.
package enum SourceLanguage: String, Sendable, Codable, CaseIterable {
  case swift, python
  /// Languages with braces: found by a comment- and string-aware search for heads before braces.
  case braces
  /// The same, where a single quote may also begin the name of a lifetime.
  case rust
  /// Program text of other kinds: windows of lines.
  case lines
  /// Data and prose: found by `grep` alone.
  case none

  package init(path: String) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let ending = name.contains(".") ? String(name.split(separator: ".").last ?? "").lowercased() : ""
    switch ending {
    case "swift": self = .swift
    case "py", "pyw": self = .python  // stubs (.pyi) repeat what these say, without the bodies
    case "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "java", "js", "jsx", "mjs", "cjs", "ts", "tsx", "go",
      "cs", "kt", "kts", "scala", "php", "dart", "groovy", "zig", "cu", "proto", "glsl", "hlsl", "metal":
      self = .braces
    case "rs": self = .rust
    case "sh", "bash", "zsh", "fish", "rb", "pl", "pm", "lua", "r", "jl", "sql", "ex", "exs", "erl", "hs", "ml", "clj",
      "el", "lisp", "scm", "vim", "tcl", "f90", "f", "pas", "nim", "cmake", "mk", "ps1", "bat", "awk", "asm", "s":
      self = .lines
    default: self = ["Makefile", "Dockerfile", "Rakefile", "CMakeLists.txt"].contains(name) ? .lines : .none
    }
  }
}

/// The functions and types of a source text, in the order of their lines.
package func codeUnits(of text: [UInt8], language: SourceLanguage) -> [CodeUnit] {
  let source = SourceLines(text)
  switch language {
  case .swift: return swiftUnits(source)
  case .python: return pythonUnits(source)
  case .braces, .rust:
    let units = braceUnits(source, hasLifetimes: language == .rust)
    return units.isEmpty ? windows(source) : units
  case .lines: return windows(source)
  case .none: return []
  }
}

/// A text and where its lines begin.
struct SourceLines {
  let text: [UInt8]
  private let starts: [Int]

  init(_ text: [UInt8]) {
    self.text = text
    starts = [0] + text.indices.lazy.filter { text[$0] == 0x0A }.map { $0 + 1 }
  }

  /// Lines of the text; what follows the last line's end is a line only where it is not empty.
  var count: Int { starts.count - (starts.last == text.count ? 1 : 0) }

  /// The line of a byte, from 1.
  func line(of place: Int) -> Int {
    var (low, high) = (0, starts.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle } else { high = middle }
    }
    return low + 1
  }

  func bytes(_ lines: ClosedRange<Int>) -> ArraySlice<UInt8> {
    let end = lines.upperBound < starts.count ? starts[lines.upperBound] - 1 : text.count
    return text[starts[lines.lowerBound - 1]..<max(end, starts[lines.lowerBound - 1])]
  }

  /// What lines say, or the first 16 KiB of it: units lie within units, so that the sum would grow without bounds.
  func string(_ lines: ClosedRange<Int>) -> String { String(decoding: bytes(lines).prefix(16 << 10), as: UTF8.self) }

  /// Bytes of the text, 2000 at most, as one line: every run of white space one space.
  func oneLine(_ range: Range<Int>) -> String {
    String(decoding: text[range].prefix(2000), as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(
      separator: " ")
  }
}

/// Windows of 40 lines, each beginning 30 lines after the one before; what is blank is left out.
func windows(_ source: SourceLines) -> [CodeUnit] {
  let (length, step) = (40, 30)
  guard source.count > 0 else { return [] }
  return stride(from: 1, to: max(2, source.count - (length - step) + 1), by: step).compactMap { first in
    let lines = first...min(first + length - 1, source.count)
    let text = source.string(lines)
    guard let head = text.split(whereSeparator: \.isNewline).first(where: { !$0.allSatisfy(\.isWhitespace) }) else {
      return nil
    }
    return CodeUnit(
      kind: .lines, name: "lines \(lines.lowerBound)–\(lines.upperBound)", container: "",
      signature: head.trimmingPrefix(while: \.isWhitespace).prefix(160).description, doc: "", lines: lines, source: text
    )
  }
}
