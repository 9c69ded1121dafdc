/// What the header lines of a part say.
package struct PartHead: Equatable, Sendable {
  package let name: String
  /// The last component of the name that the client gave the file; nil for a part that is no file.
  package let filename: String?
  package let contentType: String?

  private static let filenameLimit = 255

  /// Reads the lines between a boundary and the empty line.
  init(lines: ArraySlice<UInt8>) throws(MultipartFault) {
    guard let text = String(validating: lines, as: UTF8.self) else { throw .brokenHead }
    var disposition: ParameterisedValue?
    var type: String?
    // CR LF is one character.
    for line in text.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { throw .brokenHead }
      let value = String(trimmed(line[line.index(after: colon)...]))
      switch trimmed(line[..<colon]).lowercased() {
      case "content-disposition": disposition = disposition ?? ParameterisedValue(value)
      case "content-type": type = type ?? value
      default: continue
      }
    }
    guard let disposition, let name = disposition["name"] else { throw .nameless }
    self.name = name
    contentType = type
    let given = disposition["filename*"].flatMap(Self.extended) ?? disposition["filename"]
    filename = given.map(Self.lastComponent)
  }

  /// A value such as `UTF-8''na%C3%AFve.jsonl`.
  private static func extended(_ value: String) -> String? {
    let pieces = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3, equalIgnoringCase(pieces[0], "utf-8") else { return nil }
    return percentDecoded(pieces[2].utf8).flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// What stands behind the last stroke of either kind, without control characters and not longer than names of files are.
  private static func lastComponent(_ path: String) -> String {
    let last = path.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.last ?? []
    var name = ""
    for scalar in last where scalar.properties.generalCategory != .control {
      guard name.utf8.count + UTF8.width(scalar) <= filenameLimit else { break }
      name.unicodeScalars.append(scalar)
    }
    return name
  }
}
