import HoneStore
import Testing

@Test func aFileComesBackAsItWasInserted() throws {
  try withStore { store in
    var file = StoredFile.sample("file-1", expiresAt: 1_800_000_000)
    file.statusDetails = "line 3: no prompt"
    try store.insert(file)
    #expect(try store.file("file-1") == file)
    #expect(try store.file("file-2") == nil)
    #expect(throws: StoreError.taken(field: "file.id")) { try store.insert(file) }
  }
}

@Test func aFileTakesAnotherStatus() throws {
  try withStore { store in
    try store.insert(StoredFile.sample("file-1"))
    #expect(try store.setStatus(ofFile: "file-1", to: "error", details: "line 3"))
    #expect(try store.file("file-1")?.status == "error")
    #expect(try store.file("file-1")?.statusDetails == "line 3")
    #expect(try store.setStatus(ofFile: "file-1", to: "processed"))
    #expect(try store.file("file-1")?.statusDetails == nil)
    #expect(try !store.setStatus(ofFile: "file-2", to: "processed"))
  }
}

@Test func deletingSaysWhetherOthersNeedTheBytes() throws {
  try withStore { store in
    for id in ["1", "2"] { try store.insert(StoredFile.sample(id, sha256: "same")) }
    try store.insert(StoredFile.sample("3", sha256: "other"))
    try store.insert(StoredUpload.sample("upload"))
    try store.add(.sample("part", of: "upload", sha256: "other"), whileStatusIs: "pending")
    #expect(try store.contentsInUse() == ["same", "other"])
    let first = try store.deleteFile("1")
    #expect(first?.file == .sample("1", sha256: "same") && first?.isContentInUse == true)
    #expect(try store.deleteFile("2")?.isContentInUse == false)
    #expect(try store.deleteFile("3")?.isContentInUse == true)
    #expect(try store.deleteFile("3") == nil)
    #expect(try store.contentsInUse() == ["other"])
  }
}

@Test func expiredFilesAreFound() throws {
  try withStore { store in
    for (id, expiry) in [("a", 300), ("b", nil), ("c", 100), ("d", 200)] as [(String, Int?)] {
      try store.insert(StoredFile.sample(id, expiresAt: expiry))
    }
    #expect(try store.expiredFiles(at: 99).map(\.id) == [])
    #expect(try store.expiredFiles(at: 200).map(\.id) == ["c", "d"])
  }
}

/// SQLite's texts end at NUL; here it must neither cut a text nor make two ids one.
@Test func aTextWithNULIsNotCutAndIsNoOtherText() throws {
  try withStore { store in
    var file = StoredFile.sample("file-1")
    file.filename = "a\0b"
    try store.insert(file)
    #expect(try store.file("file-1")?.filename == "a\u{FFFD}b")
    #expect(try store.file("file-1\0x") == nil)
  }
}
