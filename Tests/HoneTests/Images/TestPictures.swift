import Foundation
import HoneFiles
import HoneTestSupport

/// The picture of `images_golden.py`.
func testPicture(width: Int, height: Int) -> PixelImage {
  var pixels: [UInt8] = []
  pixels.reserveCapacity(width * height * 3)
  for row in 0..<height {
    for column in 0..<width {
      let noise = (row * 7919 + column * 104729 + row * column * 31) % 23
      let blue = (row / 5 + column / 7) % 2 * 200
      pixels.append(UInt8((row * 255 / height + noise) % 256))
      pixels.append(UInt8(column * 255 / width))
      pixels.append(UInt8((blue + noise) % 256))
    }
  }
  return PixelImage(width: width, height: height, pixels: pixels)
}

/// A folder of pictures: those of one folder have one colour with a little noise.
func makePhotos(in root: URL, folders: [(name: String, colour: [UInt8])], each: Int) throws {
  for (name, colour) in folders {
    let folder = root.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for number in 0..<each {
      var random = Seeded(number * 31 + name.utf8.count)
      let pixels = (0..<40 * 36 * 3).map { colour[$0 % 3] &+ UInt8(random.number(0...20)) }
      let bytes = TinyPNG(width: 40, height: 36, rows: pixels).bytes
      try Data(bytes).write(to: folder.appendingPathComponent("\(number).png"))
    }
  }
}
