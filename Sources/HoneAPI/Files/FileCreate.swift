/// The fields of POST `/files` besides the file itself, which come as parts of a form.
package struct FileCreate: Equatable, Sendable {
  /// When a file goes by itself.
  package struct Expiry: Codable, Equatable, Sendable, WireValue {
    package enum Anchor: String, Codable, Sendable, WireWord { case createdAt = "created_at" }

    static var expectation: String { "an object" }

    package var anchor: Anchor
    package var seconds: Int

    package init(seconds: Int) {
      anchor = .createdAt
      self.seconds = seconds
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case anchor, seconds }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields<CodingKeys>(decoder)
      anchor = try fields.required(.anchor)
      seconds = try fields.required(.seconds)
    }
  }

  package var purpose: FilePurpose
  package var model: String?
  package var expiresAfter: Expiry?
  package private(set) var unknownFields: [String] = []

  /// Reads the parts that are not files; of a name given twice the last counts.
  ///
  /// Throws: `missing` or `wrong`, for a purpose of which no file may be sent too.
  package init(form: [(name: String, value: String)]) throws(RequestError) {
    let values = Dictionary(form.map { ($0.name, $0.value) }) { $1 }
    guard let purpose = values["purpose"] else {
      throw .missing(parameter: "purpose", expected: TakenPurpose.expectation)
    }
    self.purpose = try TakenPurpose.purpose(purpose)
    model = values["model"]
    expiresAfter = try Self.expiry(anchor: values["expires_after[anchor]"], seconds: values["expires_after[seconds]"])
    let known: Set = ["purpose", "model", "file", "expires_after[anchor]", "expires_after[seconds]"]
    unknownFields = values.keys.filter { !known.contains($0) }.sorted()
  }

  private static func expiry(anchor: String?, seconds: String?) throws(RequestError) -> Expiry? {
    guard anchor != nil || seconds != nil else { return nil }
    guard let anchor else { throw .missing(parameter: "expires_after[anchor]", expected: Expiry.Anchor.expectation) }
    guard let seconds else { throw .missing(parameter: "expires_after[seconds]", expected: Int.expectation) }
    guard Expiry.Anchor(rawValue: anchor) != nil else {
      throw .wrong(
        parameter: "expires_after[anchor]", expected: Expiry.Anchor.expectation,
        found: Found.string(anchor).description)
    }
    guard let count = Int(seconds) else {
      throw .wrong(
        parameter: "expires_after[seconds]", expected: Int.expectation, found: Found.string(seconds).description)
    }
    return Expiry(seconds: count)
  }
}

/// A purpose of which a file may be sent.
struct TakenPurpose: WireValue {
  static var expectation: String {
    "one of " + FilePurpose.allCases.filter(\.isTaken).map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
  }

  let purpose: FilePurpose

  init(from decoder: any Decoder) throws {
    guard let word = try? decoder.singleValueContainer().decode(String.self) else {
      throw decoder.wrong(Self.expectation)
    }
    purpose = try Self.purpose(word, parameter: decoder.codingPath.parameter)
  }

  static func purpose(_ word: String, parameter: String? = "purpose") throws(RequestError) -> FilePurpose {
    guard let purpose = FilePurpose(rawValue: word), purpose.isTaken else {
      throw .wrong(parameter: parameter, expected: expectation, found: Found.string(word).description)
    }
    return purpose
  }
}
