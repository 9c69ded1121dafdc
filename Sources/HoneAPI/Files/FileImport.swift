/// The body of POST `/files/import` on Azure: a file to be fetched from elsewhere.
package struct FileImport: RequestBody {
  package var purpose: FilePurpose
  package var filename: String
  package var contentURL: String
  package private(set) var unknownFields: [String] = []

  package init(purpose: FilePurpose, filename: String, contentURL: String) {
    self.purpose = purpose
    self.filename = filename
    self.contentURL = contentURL
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case purpose, filename
    case contentURL = "content_url"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    purpose = try fields.required(.purpose, as: TakenPurpose.self).purpose
    filename = try fields.required(.filename)
    contentURL = try fields.required(.contentURL)
    unknownFields = try fields.unknown()
  }
}
