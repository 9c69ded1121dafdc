internal import GRDB

extension Store {
  /// Appends an event unless the job has one with this number, or the job is gone.
  /// - Returns: whether it is new.
  @discardableResult
  package func append(_ event: StoredEvent) throws(StoreError) -> Bool {
    try write { db in try db.append(event) }
  }

  /// A job's events in order, from a number on.
  package func events(
    ofJob job: String, from number: Int = 0, limit: Int = .max
  ) throws(StoreError) -> [StoredEvent] {
    try read { db in
      let limit = min(max(limit, 0), 1 << 40)
      return try db.records(
        StoredEvent.self, "job = ? AND number >= ? ORDER BY number LIMIT ?", [job, number, limit])
    }
  }

  /// A page of a job's events; `after` is an event's id.
  package func events(ofJob job: String, _ request: PageRequest) throws(StoreError) -> Page<StoredEvent> {
    try read { db in
      try db.page(StoredEvent.self, request, scope: Condition(sql: "job = ?", values: [job]))
    }
  }

  /// Keeps a checkpoint unless the job has one of this step, or the job is gone.
  /// - Returns: whether it is new.
  @discardableResult
  package func keep(_ checkpoint: StoredCheckpoint) throws(StoreError) -> Bool {
    try write { db in try db.keep(checkpoint) }
  }

  /// A page of a job's checkpoints, by their steps.
  package func checkpoints(
    ofJob job: String, _ request: PageRequest = PageRequest()
  ) throws(StoreError) -> Page<StoredCheckpoint> {
    try read { db in
      try db.page(StoredCheckpoint.self, request, scope: Condition(sql: "job = ?", values: [job]))
    }
  }

  /// The checkpoint that answers to this name.
  package func checkpoint(forModel model: String) throws(StoreError) -> StoredCheckpoint? {
    try read { db in try db.record(StoredCheckpoint.self, "model = ?", [model]) }
  }
}

extension Database {
  func append(_ event: StoredEvent) throws -> Bool {
    guard try exists("job", "id = ?", [event.job]) else { return false }
    return try insert(event, unless: "job = ? AND number = ?", [event.job, event.number])
  }

  func keep(_ checkpoint: StoredCheckpoint) throws -> Bool {
    guard try exists("job", "id = ?", [checkpoint.job]) else { return false }
    return try insert(checkpoint, unless: "job = ? AND step = ?", [checkpoint.job, checkpoint.step])
  }
}
