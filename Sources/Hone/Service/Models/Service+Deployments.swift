public import Foundation
internal import HoneStore

/// A name under which a model is served on Azure's dated surface.
public struct DeploymentInfo: Sendable, Equatable {
  public let id: String
  public let model: String
  /// As it was sent, as JSON.
  public let scaleSettings: Data
  public let createdAt: Int
  public let updatedAt: Int

  init(_ deployment: Deployment) {
    id = deployment.id
    model = deployment.model
    scaleSettings = deployment.scaleSettings
    createdAt = deployment.createdAt
    updatedAt = deployment.updatedAt
  }
}

extension Service {
  /// Makes a deployment. `id`: the caller's own name for it, which must be free.
  public func createDeployment(
    model: String, scaleSettings: Data, id: String? = nil
  ) async throws -> DeploymentInfo {
    _ = try await resolveModel(model)
    if let id, !Home.isModelName(id) || home.hasFolder(id) {
      throw HoneError(
        "id: expected a name that no model has, found '\(id.prefix(80))'", remedy: "choose another", parameter: "id",
        code: "invalid_value")
    }
    let now = options.clock()
    let deployment = Deployment(
      id: id ?? "deployment-" + randomName(length: 24), model: model, scaleSettings: scaleSettings, createdAt: now,
      updatedAt: now)
    do {
      try await store.background { store throws(StoreError) in try store.insert(deployment) }
    } catch {
      guard case .taken = error else { throw error }
      throw HoneError(
        "id: expected a name that is free, found one that is in use", remedy: "choose another", parameter: "id",
        code: "deployment_exists", kind: .conflict)
    }
    return DeploymentInfo(deployment)
  }

  /// All deployments, the oldest first.
  public func deployments() async throws -> [DeploymentInfo] {
    try await store.background { store throws(StoreError) in try store.deployments() }.map(DeploymentInfo.init)
  }

  public func deployment(_ id: String) async throws -> DeploymentInfo {
    let found = try await store.background { store throws(StoreError) in try store.deployment(id) }
    guard let found else { throw Self.unknownDeployment(id) }
    return DeploymentInfo(found)
  }

  /// Gives a deployment another model or other settings.
  public func updateDeployment(
    _ id: String, model: String? = nil, scaleSettings: Data? = nil
  ) async throws -> DeploymentInfo {
    let old = try await deployment(id)
    if let model { _ = try await resolveModel(model) }
    let new = Deployment(
      id: id, model: model ?? old.model, scaleSettings: scaleSettings ?? old.scaleSettings, createdAt: old.createdAt,
      updatedAt: options.clock())
    try await store.background { store throws(StoreError) in _ = try store.update(new) }
    return DeploymentInfo(new)
  }

  public func deleteDeployment(_ id: String) async throws {
    let wasThere = try await store.background { store throws(StoreError) in try store.deleteDeployment(id) }
    guard wasThere else { throw Self.unknownDeployment(id) }
  }

  private static func unknownDeployment(_ id: String) -> HoneError {
    HoneError(
      "The API deployment '\(id.prefix(80))' does not exist", remedy: "see the list of deployments",
      parameter: "deployment", code: "DeploymentNotFound", kind: .notFound)
  }
}
