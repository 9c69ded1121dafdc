internal import Foundation
internal import Hone
internal import HoneAPI

extension API {
  private static let fields = [
    "id", "object", "model", "scale_settings", "owner", "status", "created_at", "updated_at",
  ]

  /// Models under names of their own, on Azure's dated surface.
  var deploymentRoutes: [Route] {
    [
      Route(
        .post, "deployments", scope: .train, on: .azure, summary: "Makes a deployment.", replyFields: Self.fields,
        handler: createDeployment),
      Route(
        .get, "deployments", scope: .read, on: .azure, summary: "All deployments.",
        replyFields: ["object", "data", "has_more", "first_id", "last_id"]
      ) { _ in
        try .json(ListReply(try await service.deployments().map(DeploymentObject.init)))
      },
      Route(
        .get, "deployments/{deployment}", scope: .read, on: .azure, summary: "One deployment.", replyFields: Self.fields
      ) { call in
        try .json(DeploymentObject(try await service.deployment(call["deployment"])))
      },
      Route(
        .delete, "deployments/{deployment}", scope: .train, on: .azure, summary: "Deletes a deployment.",
        replyFields: ["id", "object", "deleted"]
      ) { call in
        let id = call["deployment"]
        try await service.deleteDeployment(id)
        await audit(call, "deployment.delete", id)
        return try .json(DeletedReply(id: id, object: .deployment))
      },
    ]
  }

  private func createDeployment(_ call: Call) async throws -> Response {
    let create = try DeploymentCreate(body: call.body)
    let settings = create.scaleSettings ?? ScaleSettings()
    let deployment = try await service.createDeployment(
      model: create.model, scaleSettings: try JSONEncoder().encode(settings))
    await audit(call, "deployment.create", deployment.id)
    return try .json(DeploymentObject(deployment), status: 201)
  }
}

extension DeploymentObject {
  fileprivate init(_ deployment: DeploymentInfo) {
    let settings = try? JSONDecoder().decode(ScaleSettings.self, from: deployment.scaleSettings)
    self.init(
      id: deployment.id, model: deployment.model, scaleSettings: settings ?? ScaleSettings(), status: .succeeded,
      createdAt: deployment.createdAt, updatedAt: deployment.updatedAt)
  }
}
