/// How a picture as it is stored must be turned or mirrored to stand as it was seen. Raw values are those of EXIF's
/// orientation (tag 0x0112).
enum ImageTurn: Int, CaseIterable {
  case none = 1
  case mirror, half, mirrorDown, transpose, right, transverse, left

  /// What the bytes of a picture note; `none` where they note nothing that can be read.
  init(exifOf bytes: [UInt8], _ format: ImageFormat) {
    let exif = format == .jpeg ? Self.jpegExif(bytes) : Self.pngExif(bytes)
    self = exif.flatMap(Self.orientation).flatMap { ImageTurn(rawValue: $0) } ?? .none
  }

  /// Whether width and height change places.
  var isSideways: Bool { rawValue >= 5 }

  /// The part of a JPEG's first APP1 segment that is laid out like a TIFF file.
  private static func jpegExif(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xFF {
      let marker = bytes[place + 1]
      if marker == 0xFF {
        place += 1
        continue
      }
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      guard marker != 0xDA, length >= 2, place + 2 + length <= bytes.count else { return nil }
      let body = bytes[(place + 4)..<(place + 2 + length)]
      if marker == 0xE1, body.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) { return body.dropFirst(6) }
      place += 2 + length
    }
    return nil
  }

  /// The eXIf chunk of a PNG.
  private static func pngExif(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var place = ImageFormat.pngSignature.count
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - place - 12 else { return nil }
      let body = bytes[(place + 8)..<(place + 8 + length)]
      if bytes[(place + 4)..<(place + 8)].elementsEqual("eXIf".utf8) { return body }
      place += 12 + length
    }
    return nil
  }

  /// The orientation in the first directory of bytes laid out like a TIFF file.
  private static func orientation(_ tiff: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(tiff)
    guard bytes.count >= 8 else { return nil }
    let isLittle = bytes[0] == 0x49 && bytes[1] == 0x49
    guard isLittle || bytes[0] == 0x4D && bytes[1] == 0x4D else { return nil }
    func number(_ place: Int, _ size: Int) -> Int? {
      guard place >= 0, place <= bytes.count - size else { return nil }
      let part = bytes[place..<place + size]
      return isLittle ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2) else { return nil }
    for entry in 0..<count {
      let place = directory + 2 + 12 * entry
      guard let tag = number(place, 2) else { return nil }
      if tag == 0x0112 { return number(place + 2, 2) == 3 ? number(place + 8, 2) : nil }
    }
    return nil
  }
}

extension PixelImage {
  /// The picture turned. Complexity: O(pixels).
  func turned(_ turn: ImageTurn) -> PixelImage {
    let (width, height) = (width, height)
    let newWidth = turn.isSideways ? height : width
    let newHeight = turn.isSideways ? width : height
    // Where the new picture's first pixel comes from, and how far it is from there to the next to the right and below.
    let (start, right, down) =
      switch turn {
      case .none: (0, 1, width)
      case .mirror: (width - 1, -1, width)
      case .half: (width * height - 1, -1, -width)
      case .mirrorDown: (width * (height - 1), 1, -width)
      case .transpose: (0, width, 1)
      case .right: (width * (height - 1), -width, 1)
      case .transverse: (width * height - 1, -width, -1)
      case .left: (width - 1, width, -1)
      }
    var result = [UInt8](repeating: 0, count: pixels.count)
    var out = result.mutableSpan
    let x = pixels.span
    for row in 0..<newHeight {
      var from = 3 * (start + row * down)
      var to = 3 * row * newWidth
      for _ in 0..<newWidth {
        for part in 0..<3 { out[to + part] = x[from + part] }
        from += 3 * right
        to += 3
      }
    }
    return PixelImage(width: newWidth, height: newHeight, pixels: result)
  }
}
