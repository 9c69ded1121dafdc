/// Why a file gives no picture.
package enum ImageError: Error, Equatable, Sendable {
  /// Bytes of another kind of file; `found` names it, where it is known.
  case unknownFormat(file: String, found: String)
  /// The bytes end before the picture does.
  case truncated(file: String)
  case damaged(file: String, reason: String)
  case unsupported(file: String, reason: String)
  case tooLarge(file: String, width: Int, height: Int, limit: Int)
  case noMemory(file: String)
}

extension ImageError: CustomStringConvertible {
  /// What is wrong, in a few words that are the same for every file.
  package var reason: String {
    switch self {
    case .unknownFormat(_, let found): "neither JPEG nor PNG (\(found))"
    case .truncated: "cut off before the picture ends"
    case .damaged: "damaged"
    case .unsupported(_, let reason): "a kind that is not read (\(reason))"
    case .tooLarge(_, _, _, let limit): "more than \(limit) pixels"
    case .noMemory: "not enough memory"
    }
  }

  package var description: String {
    switch self {
    case .unknownFormat(let file, let found):
      "\(file): expected a JPEG or PNG picture, found \(found); convert it to one of these"
    case .truncated(let file):
      "\(file): expected a whole picture, found one that is cut off; get the file again"
    case .damaged(let file, let reason):
      "\(file): expected a sound picture, found damage\(reason.isEmpty ? "" : " (\(reason))"); get the file again"
    case .unsupported(let file, let reason):
      "\(file): expected a usual JPEG or PNG, found another kind (\(reason)); save it anew with another program"
    case .tooLarge(let file, let width, let height, let limit):
      "\(file): expected at most \(limit) pixels, found \(width) × \(height); make it smaller"
    case .noMemory(let file):
      "\(file): expected memory for the picture, found too little; make it smaller"
    }
  }
}
