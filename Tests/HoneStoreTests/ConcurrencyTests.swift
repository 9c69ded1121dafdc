import Foundation
import HoneStore
import HoneTestSupport
import Testing

@Test func manyReadersAndWritersSeeWholeChanges() async throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try Store(in: folder)
  let (writers, changes) = (8, runsEverything ? 200 : 15)
  try await withThrowingTaskGroup(of: Void.self) { group in
    for writer in 0..<writers {
      group.addTask {
        try await store.background { store throws(StoreError) in
          try store.insert(StoredJob.sample("\(writer)"))
          for n in 1...changes {
            try store.apply([
              .saveState(job: "\(writer)", state: Data("\(n)"), status: "running", isDeleted: false),
              .append(.sample("\(writer)", n)),
            ])
            try store.addUsage([Usage(day: "2024-02-29", key: "a", requests: 1)])
          }
        }
      }
      group.addTask {
        try await store.background { store throws(StoreError) in
          var known = 0
          for _ in 0..<changes * 4 {
            let found = try store.events(ofJob: "\(writer)").map(\.number)
            #expect(found.count >= known && found == Array(1..<(found.count + 1)))
            known = found.count
          }
        }
      }
    }
    try await group.waitForAll()
  }
  #expect(try store.jobs().map(\.state) == Array(repeating: Data("\(changes)"), count: writers))
  #expect(try store.usage(from: "0", through: "9").map(\.requests) == [writers * changes])
  try store.verify()
}

/// Several openings of one folder, as by a server and commands beside it, the first ones while the file is being made.
@Test func manyMayOpenOneFolderAtOnce() async throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  try await withThrowingTaskGroup(of: Void.self) { group in
    for number in 0..<8 {
      group.addTask {
        let store = try Store(in: folder)
        for n in 0..<5 { try store.insert(StoredFile.sample("\(number)-\(n)")) }
        try store.close()
      }
    }
    try await group.waitForAll()
  }
  #expect(try Store(in: folder).files().records.count == 40)
  #expect(try !FileManager.default.contentsOfDirectory(atPath: folder.path).contains("hone.sqlite-new"))
}

/// The same with processes, each opening the folder while others end.
@Test func severalProcessesShareOneFolder() async throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  try await withThrowingTaskGroup(of: Void.self) { group in
    for number in 0..<4 {
      let path = folder.path
      group.addTask {
        await #expect(processExitsWith: .success) { [path = path as String, number = number as Int] in
          for n in 0..<5 {
            let store = try Store(in: URL(fileURLWithPath: path))
            try store.insert(StoredFile.sample("\(number)-\(n)"))
            try store.close()
          }
        }
      }
    }
    try await group.waitForAll()
  }
  #expect(try Store(in: folder).files().records.count == 20)
}
