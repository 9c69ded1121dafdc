import HoneStore
import Testing

@Test func anUploadCollectsPartsAndBecomesAFile() throws {
  try withStore { store in
    try store.insert(StoredUpload.sample("u"))
    let parts = ["b", "a", "c"].map { UploadPart.sample($0, of: "u", sha256: "hash \($0)") }
    for part in parts { try store.add(part, whileStatusIs: "pending") }
    #expect(try store.upload("u") == .sample("u"))
    #expect(try store.parts(ofUpload: "u") == parts)
    #expect(try store.settleUpload("u", from: "pending", to: "completed", file: .sample("file-1")))
    #expect(try store.upload("u")?.status == "completed")
    #expect(try store.upload("u")?.file == "file-1")
    #expect(try store.file("file-1") == .sample("file-1"))
    #expect(try store.parts(ofUpload: "u").isEmpty)
    #expect(try store.contentsInUse() == ["aa"])
  }
}

@Test func anUploadEndsOnce() throws {
  try withStore { store in
    try store.insert(StoredUpload.sample("u"))
    #expect(try store.settleUpload("u", from: "pending", to: "cancelled"))
    #expect(try !store.settleUpload("u", from: "pending", to: "completed", file: .sample("file-1")))
    #expect(try store.upload("u")?.status == "cancelled")
    #expect(try store.file("file-1") == nil)
    #expect(try !store.settleUpload("none", from: "pending", to: "cancelled"))
  }
}

@Test func anUploadThatCannotBecomeItsFileStaysPending() throws {
  try withStore { store in
    try store.insert(StoredUpload.sample("u"))
    try store.add(.sample("p", of: "u"), whileStatusIs: "pending")
    try store.insert(StoredFile.sample("file-1"))
    #expect(throws: StoreError.taken(field: "file.id")) {
      try store.settleUpload("u", from: "pending", to: "completed", file: .sample("file-1"))
    }
    #expect(try store.upload("u") == .sample("u"))
    #expect(try store.parts(ofUpload: "u").count == 1)
  }
}

@Test func aPartNeedsAnUploadThatWaitsForIt() throws {
  try withStore { store in
    #expect(throws: StoreError.unknown(kind: "upload", id: "u")) {
      try store.add(.sample("p", of: "u"), whileStatusIs: "pending")
    }
    try store.insert(StoredUpload.sample("u"))
    _ = try store.settleUpload("u", from: "pending", to: "cancelled")
    #expect(throws: StoreError.unknown(kind: "upload", id: "u")) {
      try store.add(.sample("p", of: "u"), whileStatusIs: "pending")
    }
  }
}

@Test func expiredUploadsAreFound() throws {
  try withStore { store in
    for (id, expiry) in [("a", 300), ("b", 100), ("c", 200), ("d", 50)] {
      try store.insert(StoredUpload.sample(id, expiresAt: expiry))
    }
    _ = try store.settleUpload("d", from: "pending", to: "completed")
    #expect(try store.expiredUploads(at: 200, status: "pending").map(\.id) == ["b", "c"])
  }
}
