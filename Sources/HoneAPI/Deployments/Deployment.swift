/// How a deployment is scaled; Hone keeps what it is told.
package struct ScaleSettings: Codable, Equatable, Sendable, WireValue {
  package enum ScaleType: String, Sendable, Codable, WireWord { case standard, manual }

  static var expectation: String { "an object" }

  package var scaleType: ScaleType
  /// With `manual`.
  package var capacity: Int?
  package private(set) var unknownFields: [String] = []

  package init(scaleType: ScaleType = .standard, capacity: Int? = nil) {
    self.scaleType = scaleType
    self.capacity = capacity
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case scaleType = "scale_type"
    case capacity
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    scaleType = try fields.required(.scaleType)
    capacity = try fields.optional(.capacity)
    unknownFields = try fields.unknown()
  }
}

/// The body of POST `/deployments` on Azure's dated surface.
package struct DeploymentCreate: RequestBody {
  package var model: String
  /// nil means standard.
  package var scaleSettings: ScaleSettings?
  package private(set) var unknownFields: [String] = []

  package init(model: String, scaleSettings: ScaleSettings? = nil) {
    self.model = model
    self.scaleSettings = scaleSettings
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case model
    case scaleSettings = "scale_settings"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    model = try fields.required(.model)
    scaleSettings = try fields.optional(.scaleSettings)
    unknownFields = try fields.unknown() + (scaleSettings?.unknownFields ?? [])
  }
}

/// A model under a name of its own on Azure.
package struct DeploymentObject: Codable, Equatable, Sendable, Identifiable {
  package enum Status: String, Codable, Sendable { case notRunning, running, succeeded, canceled, failed, deleted }

  package let id: String
  package let object: String
  package var model: String
  package var scaleSettings: ScaleSettings
  package let owner: String
  package var status: Status
  package var createdAt: Int
  package var updatedAt: Int

  package init(id: String, model: String, scaleSettings: ScaleSettings, status: Status, createdAt: Int, updatedAt: Int)
  {
    self.id = id
    object = "deployment"
    self.model = model
    self.scaleSettings = scaleSettings
    owner = "organization-owner"
    self.status = status
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, model
    case scaleSettings = "scale_settings"
    case owner, status
    case createdAt = "created_at"
    case updatedAt = "updated_at"
  }
}
