extension Schema {
  /// The rows of one collection. "HonC"
  static let collection = Schema(applicationID: 0x486F_6E43, steps: [rows, departures(of: ["source"])], logPages: 8000)

  /// `change` grows with every row that comes, changes or goes; `gone` says which went, for indexes made before.
  /// `vector.value`: eight bytes of a sum over the rest, then float32, little-endian. `words` holds what the search
  /// terms of a text are, without the text; they are taken out by giving them again. A `source` is a file of a vector
  /// store; the rows that came of it have its id as their `part`.
  private static let rows = """
    CREATE TABLE head (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE item (
      id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, part TEXT NOT NULL, text TEXT NOT NULL,
      payload TEXT NOT NULL, digest BLOB NOT NULL, change INTEGER NOT NULL) STRICT;
    CREATE INDEX itemChange ON item (change);
    CREATE INDEX itemPart ON item (part, id);
    CREATE TABLE vector (id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE, value BLOB NOT NULL) STRICT;
    CREATE TABLE gone (id INTEGER PRIMARY KEY, change INTEGER NOT NULL) STRICT;
    CREATE INDEX goneChange ON gone (change);
    CREATE TABLE source (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, batch TEXT,
      createdAt INTEGER NOT NULL, status TEXT NOT NULL, errorCode TEXT, error TEXT, attributes TEXT NOT NULL,
      maxTokens INTEGER NOT NULL, overlap INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
    CREATE TABLE batch (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, createdAt INTEGER NOT NULL)
      STRICT;
    CREATE VIRTUAL TABLE words USING fts5 (terms, content = '', tokenize = 'unicode61 remove_diacritics 2');

    """
}
