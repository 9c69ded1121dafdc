import Foundation
import HoneStore
import Testing

@Test func nothingIsCountedAsNothing() throws {
  let totals = try withStore { store in try store.totals() }
  #expect(totals == StoreTotals())
}

@Test func everythingIsCountedOnce() throws {
  try withStore { store in
    for id in ["1", "2", "3", "4"] { try store.insert(StoredJob.sample(id)) }
    try store.saveState(ofJob: "2", state: .init(), status: "running")
    try store.saveState(ofJob: "3", state: .init(), status: "cancelled", isDeleted: true)
    for id in ["a", "b", "c"] { try store.insert(StoredFile.sample(id)) }
    for id in ["u", "v"] { try store.insert(StoredUpload.sample(id)) }
    _ = try store.settleUpload("v", from: "pending", to: "cancelled")
    try store.addUsage([
      Usage(day: "2024-02-29", key: "a", requests: 1, promptTokens: 2, completionTokens: 3, trainedTokens: 4),
      Usage(day: "2024-03-01", key: "b", requests: 10, promptTokens: 20, completionTokens: 30, trainedTokens: 40),
    ])
    let totals = try store.totals()
    #expect(totals.jobs == ["queued": 2, "running": 1])
    #expect(totals.uploads == ["pending": 1, "cancelled": 1])
    #expect(totals.files == 3 && totals.fileBytes == 36)
    #expect(totals.requests == 11 && totals.promptTokens == 22)
    #expect(totals.completionTokens == 33 && totals.trainedTokens == 44)
  }
}
