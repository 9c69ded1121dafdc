internal import Foundation
internal import HoneFiles
internal import HoneJobs
internal import HoneStore

/// A model as the API lists it.
public struct ServedModel: Sendable, Equatable {
  public let id: String
  public let created: Int
  /// `hone` for base models, else the organisation.
  public let owner: String
  public let isTuned: Bool
  public let kind: ModelSummary.Kind
  /// The model that answers: another one for an alias.
  public let model: String
}

extension Service {
  /// The name of the model that answers to a name: its own, that of an alias, or that of a deployment.
  ///
  /// - Throws: `HoneError` of kind `notFound` where none does.
  public func resolveModel(_ name: String) async throws -> String {
    let target = try await target(of: name)
    let home = home
    return try await SideWork.run {
      if home.answers(target) { return target }
      throw Self.unknownModel(name)
    }
  }

  /// The model that embeds under a name, and the task that the name asks for: as `resolveModel`, and the hosted
  /// service's names of such models.
  public func resolveEncoder(_ name: String) async throws -> (model: String, task: String?) {
    let (aliases, deployment) = try await store.background { store throws(StoreError) in
      (try store.aliases(), try store.deployment(name))
    }
    let home = home
    let named = aliases[name] ?? (home.hasFolder(name) ? name : deployment?.model ?? name)
    guard !named.contains("/") else { throw Self.unknownModel(name) }
    let meant = try await SideWork.run { try home.encoderMeant(by: named) }
    return (meant.model, meant.task ?? Home.task(inName: name))
  }

  private func target(of name: String) async throws -> String {
    let (aliases, deployment) = try await store.background { store throws(StoreError) in
      (try store.aliases(), try store.deployment(name))
    }
    if let model = aliases[name] { return model }
    if home.hasFolder(name) { return name }
    let model = deployment?.model ?? name
    return aliases[model] ?? (home.hasFolder(model) ? model : Home.aliases[model] ?? model)
  }

  /// Every model that answers by its own name, and every other name that stands for one. Checkpoints of jobs answer
  /// too, and are in the lists of their jobs.
  public func models() async throws -> [ServedModel] {
    let home = home
    let own = try await SideWork.run { try home.listModels() }
    let configured = try await aliases()
    let names = Set(own.map(\.name))
    let others = configured.filter { !names.contains($0.key) && names.contains($0.value) }
      .sorted { $0.key < $1.key }
      .map { ServedModel(id: $0.key, created: 0, owner: "hone", isTuned: false, kind: .language, model: $0.value) }
    return own.map(Self.served) + others
  }

  public func model(_ name: String) async throws -> ServedModel {
    let target = try await resolveModel(name)
    let home = home
    let summary = try await SideWork.run { try home.showModel(target) }
    let served = Self.served(summary)
    return ServedModel(
      id: name, created: served.created, owner: served.owner, isTuned: served.isTuned, kind: served.kind, model: target)
  }

  /// Deletes a tuned model. Base models stay, and so do those that a job still needs.
  public func deleteModel(_ name: String) async throws {
    let model = try await model(name)
    guard model.isTuned, model.model == name else {
      throw HoneError(
        "\(name): expected a tuned model, found a base model", remedy: "only models made by a job can be deleted here",
        parameter: "model", code: "model_not_deletable", kind: .forbidden)
    }
    guard !name.contains(checkpointMark) else {
      throw HoneError(
        "\(name): expected a job's final model, found a checkpoint", remedy: "checkpoints go with their job",
        parameter: "model", code: "model_not_deletable", kind: .forbidden)
    }
    try await removeModel(name)
  }

  /// Deletes any model that is a folder of the home, base models too, unless a job goes on from it.
  ///
  /// - Throws: `HoneError` for the built-in model, unknown ones, and those that a job still needs (`conflict`).
  public func removeModel(_ name: String) async throws {
    if let job = await board.jobUsing(name) {
      throw HoneError(
        "\(name): is being trained from by job \(job)", remedy: "wait for it, or cancel it", parameter: "model",
        code: "model_in_use", kind: .conflict)
    }
    let home = home
    try await SideWork.run { try home.removeModel(name) }
  }

  /// The names that stand for models: the hosted service's, and those that were set here.
  public func aliases() async throws -> [String: String] {
    let configured = try await store.background { store throws(StoreError) in try store.aliases() }
    return Home.aliases.merging(configured) { $1 }
  }

  /// Lets a name stand for a model; nil: for what it stands for without being set.
  public func setAlias(_ name: String, to model: String?) async throws {
    guard Home.isModelName(name) else {
      throw HoneError("expected a name without slashes, found '\(name.prefix(80))'", remedy: "choose another")
    }
    var target: String?
    if let model { target = try await resolveModel(model) }
    try await store.background { [target] store throws(StoreError) in try store.setAlias(name, to: target) }
  }

  private static func served(_ summary: ModelSummary) -> ServedModel {
    let isTuned = summary.info.parent != nil
    return ServedModel(
      id: summary.name, created: summary.created, owner: isTuned ? Environment.organization : "hone",
      isTuned: isTuned, kind: summary.kind, model: summary.name)
  }

  static func unknownModel(_ name: String) -> HoneError {
    HoneError(
      "The model '\(name.prefix(200))' does not exist", remedy: "see the list of models", parameter: "model",
      code: "model_not_found", kind: .notFound)
  }
}

extension Home {
  /// Whether a model of this very name can be loaded.
  func answers(_ name: String) -> Bool {
    if hasFolder(name) { return true }
    return [BuiltInModel.name, BuiltInEncoder.name].contains(name)
  }
}

extension JobBoard {
  /// A job that goes on and begins, or began, with this model.
  func jobUsing(_ model: String) -> String? {
    live.first { !$0.value.machine.state.status.hasEnded && $0.value.task.base == model }?.key
  }
}
