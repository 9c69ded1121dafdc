internal import GRDB

/// The tables, version after version. A file says in SQLite's own `user_version` which one it has, and in its
/// `application_id` that it is Hone's.
///
/// Every table that is listed in pages has a `sequence`: a number that only grows and that no later row is given again.
/// Times are seconds since 1970.
struct Schema: Sendable {
  /// Four letters of ASCII.
  let applicationID: Int
  /// What brings a file from each version to the next.
  let steps: [String]
  /// How long the log grows before it is written into the file, in pages of 4,096 bytes. In a longer one, what many
  /// transactions touch is written once; what is read looks through it.
  var logPages = 1000

  var version: Int { steps.count }

  /// Brings an empty or older file to this version, in one transaction. What is newer throws and stays untouched.
  func bring(_ db: Database, path: String) throws {
    guard try found(db, path) < version else { return }
    try db.inTransaction(.immediate) {
      for step in steps.dropFirst(try found(db, path)) { try db.execute(sql: step) }
      try db.execute(sql: "PRAGMA user_version = \(version); PRAGMA application_id = \(applicationID)")
      return .commit
    }
  }

  private func found(_ db: Database, _ path: String) throws -> Int {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard found <= version else { throw StoreError.newerVersion(path: path, expected: version, found: found) }
    guard found >= 0 else { throw StoreError.damaged(path: path, found: "version \(found)") }
    return found
  }

  /// The records of a home. "Hone"
  static let records = Schema(
    applicationID: 0x486F_6E65,
    steps: [
      files + jobs + deployments + uploads + keys + configuration, expiryAndStatistics,
      departures(of: ["file", "job"]),
    ])

  private static let files = """
    CREATE TABLE file (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, filename TEXT NOT NULL,
      purpose TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, createdAt INTEGER NOT NULL,
      status TEXT NOT NULL, statusDetails TEXT, expiresAt INTEGER, owner TEXT NOT NULL) STRICT;
    CREATE INDEX fileContent ON file (sha256);
    CREATE INDEX filePurpose ON file (purpose, sequence);
    CREATE INDEX fileExpiry ON file (expiresAt) WHERE expiresAt IS NOT NULL;

    """

  /// A job names its files, and does not keep them. `countedTokens` are those that are in `usage`.
  private static let jobs = """
    CREATE TABLE job (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, surface TEXT NOT NULL,
      createdAt INTEGER NOT NULL, owner TEXT NOT NULL, status TEXT NOT NULL, isDeleted INTEGER NOT NULL,
      request BLOB NOT NULL, state BLOB NOT NULL, model TEXT NOT NULL UNIQUE, trainingFile TEXT NOT NULL,
      validationFile TEXT, resultFile TEXT NOT NULL, metadata TEXT NOT NULL,
      countedTokens INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE event (
      job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE, number INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
      createdAt INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL, payload BLOB NOT NULL,
      PRIMARY KEY (job, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE checkpoint (
      job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE, step INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
      createdAt INTEGER NOT NULL, model TEXT NOT NULL UNIQUE, payload BLOB NOT NULL,
      PRIMARY KEY (job, step)) STRICT, WITHOUT ROWID;

    """

  private static let deployments = """
    CREATE TABLE deployment (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, model TEXT NOT NULL,
      scaleSettings BLOB NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL) STRICT;

    """

  private static let uploads = """
    CREATE TABLE upload (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, filename TEXT NOT NULL,
      purpose TEXT NOT NULL, bytes INTEGER NOT NULL, mimeType TEXT NOT NULL, status TEXT NOT NULL,
      createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL, owner TEXT NOT NULL, file TEXT) STRICT;
    CREATE TABLE uploadPart (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
      createdAt INTEGER NOT NULL) STRICT;
    CREATE INDEX uploadPartUpload ON uploadPart (upload, sequence);
    CREATE INDEX uploadPartContent ON uploadPart (sha256);

    """

  private static let keys = """
    CREATE TABLE apiKey (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, owner TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, scopes TEXT NOT NULL, createdAt INTEGER NOT NULL,
      revokedAt INTEGER, lastUsedAt INTEGER, requestsPerMinute INTEGER, tokensPerMinute INTEGER) STRICT;
    CREATE TABLE usage (
      day TEXT NOT NULL, key TEXT NOT NULL, requests INTEGER NOT NULL, promptTokens INTEGER NOT NULL,
      completionTokens INTEGER NOT NULL, trainedTokens INTEGER NOT NULL, PRIMARY KEY (day, key)) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, key TEXT NOT NULL, action TEXT NOT NULL,
      subject TEXT NOT NULL) STRICT;

    """

  /// Version 2: how long the file of an upload will stay, and what is in a training file.
  private static let expiryAndStatistics = """
    ALTER TABLE upload ADD COLUMN fileSeconds INTEGER;
    ALTER TABLE file ADD COLUMN tokens INTEGER;
    ALTER TABLE file ADD COLUMN examples INTEGER;

    """

  /// Where records were that are gone, for lists that are read on from them.
  static func departures(of tables: [String]) -> String {
    tables.reduce(
      """
      CREATE TABLE departed (
        kind TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;

      """
    ) { sql, table in
      sql + """
        CREATE TRIGGER \(table)Departs AFTER DELETE ON \(table) BEGIN
          INSERT OR REPLACE INTO departed VALUES ('\(table)', OLD.id, OLD.sequence);
        END;

        """
    }
  }

  private static let configuration = """
    CREATE TABLE alias (name TEXT NOT NULL PRIMARY KEY, model TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    """
}
