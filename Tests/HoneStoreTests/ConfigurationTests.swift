import Foundation
import HoneStore
import Testing

@Test func aDeploymentIsChangedAndDeleted() throws {
  try withStore { store in
    var deployment = Deployment(
      id: "d-1", model: "nano", scaleSettings: Data("{\"scale_type\":\"standard\"}"), createdAt: 1, updatedAt: 1)
    let other = Deployment(id: "d-0", model: "nano", scaleSettings: Data(), createdAt: 1, updatedAt: 1)
    try store.insert(deployment)
    try store.insert(other)
    #expect(throws: StoreError.taken(field: "deployment.id")) { try store.insert(deployment) }
    (deployment.model, deployment.updatedAt) = ("gpt2", 2)
    #expect(try store.update(deployment))
    #expect(try store.deployment("d-1") == deployment)
    #expect(try store.deployments() == [deployment, other])
    #expect(try store.deleteDeployment("d-1"))
    #expect(try !store.deleteDeployment("d-1"))
    #expect(try !store.update(deployment))
    #expect(try store.deployments() == [other])
  }
}

@Test func aNameStandsForOneModel() throws {
  try withStore { store in
    try store.setAlias("ada", to: "nano")
    try store.setAlias("babbage", to: "nano")
    try store.setAlias("ada", to: "gpt2")
    #expect(try store.aliases() == ["ada": "gpt2", "babbage": "nano"])
    try store.setAlias("ada", to: nil)
    try store.setAlias("none", to: nil)
    #expect(try store.aliases() == ["babbage": "nano"])
  }
}

@Test func aSettingIsKeptUntilItIsRemoved() throws {
  try withStore { store in
    #expect(try store.setting("memory") == nil)
    try store.set("memory", to: "4 GB")
    try store.set("memory", to: "")
    #expect(try store.setting("memory") == "")
    #expect(try store.settings() == ["memory": ""])
    try store.set("memory", to: nil)
    #expect(try store.settings() == [:])
  }
}

@Test func callsThatBlockRunElsewhere() async throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try Store(in: folder)
  try await store.background { store throws(StoreError) in try store.set("a", to: "b") }
  #expect(try await store.background { store throws(StoreError) in try store.setting("a") } == "b")
  await #expect(throws: StoreError.taken(field: "file.id")) {
    try await store.background { store throws(StoreError) in
      for _ in 0..<2 { try store.insert(StoredFile.sample("1")) }
    }
  }
}
