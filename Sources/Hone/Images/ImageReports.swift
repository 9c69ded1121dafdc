/// What indexing a folder of pictures did.
public struct ImageIndexReport: Sendable, Codable {
  public struct Skipped: Sendable, Codable {
    public let path: String
    public let reason: String
  }

  public let collection: String
  public let root: String
  public let model: String
  /// Pictures of the collection, of this folder and others.
  public internal(set) var images = 0
  public internal(set) var added = 0
  /// Pictures whose bytes changed.
  public internal(set) var replaced = 0
  /// Pictures that were there already, byte for byte.
  public internal(set) var unchanged = 0
  /// Pictures that are no more, or cannot be read any more.
  public internal(set) var removed = 0
  /// How many things were skipped for each reason, and the first thousand of them.
  public internal(set) var skipped: [String: Int] = [:]
  public internal(set) var skippedPaths: [Skipped] = []
  public internal(set) var seconds = 0.0

  enum CodingKeys: String, CodingKey {
    case collection, root, model, images, added, replaced, unchanged, removed, skipped, seconds
    case skippedPaths = "skipped_paths"
  }
}

/// A picture that was found.
public struct ImageHit: Sendable, Codable, Equatable {
  /// Where the file lies.
  public let path: String
  /// The name of the folder that it lies in.
  public let folder: String
  public let width: Int
  public let height: Int
  /// The cosine with what was asked.
  public let similarity: Double
}

/// A collection of pictures, as a list shows it.
public struct ImageCollectionInfo: Sendable, Codable {
  public let name: String
  public let images: Int
  /// How many pictures lie in folders of each name.
  public let folders: [String: Int]
  public let model: String
  public let bytes: Int
}

/// What the nearest pictures say a picture is.
public struct ImageClassification: Sendable, Codable {
  /// The folder with most votes; of equals the one whose pictures are nearest.
  public let label: String
  /// Its votes among all.
  public let share: Double
  public let votes: [String: Int]
  public let neighbours: [ImageHit]
}

/// How well pictures of one folder find each other, each asked without itself and its copies.
public struct ImageCheck: Sendable, Codable {
  public let collection: String
  public let model: String
  /// Pictures that were asked, and that there are.
  public let asked: Int
  public let images: Int
  public let folders: Int
  public let neighbours: Int
  /// How often the vote names the picture's own folder.
  public let accuracy: Double
  /// The share of neighbours that lie in the picture's own folder.
  public let precision: Double
  /// The share of the largest folder: what always naming it would reach.
  public let chance: Double
}
