import ArgumentParser
import Foundation
import Hone

struct ImagesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "images", abstract: "Find pictures by a picture or by words, and label them by their neighbours.",
    discussion: """
      EXAMPLES
        hone pull mobilenet --from ../shared/models/mobilenet_v2_035
        hone images index photos/
        hone images search --like photos/rose1.jpg
        hone images classify new.jpg
      """,
    subcommands: [Index.self, Search.self, Classify.self, Check.self, List.self, Remove.self])

  struct Index: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "index", abstract: "Index the pictures under a folder, or bring a collection up to date.",
      discussion: """
        JPEG and PNG in the folder and all folders in it. Only files whose bytes changed are looked at anew; pictures that
        are no more are taken out. Files that cannot be read are skipped and counted. The name of the folder that a picture
        lies in is kept as the field `folder`.
        EXAMPLES
          hone images index photos/
          hone images index photos/ --collection holidays -m clip-vit-base-patch32
        """)
    @Argument(help: "The folder.") var photos: String
    @Option(help: "The collection; it is made where there is none.") var collection = Home.imageCollection
    @Option(
      name: .shortAndLong, help: "The model of a new collection (default: the only model of pictures that is here).")
    var model: String?
    @Flag(help: "List what was skipped, and why.") var skipped = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let report = try await reporting {
        try Home().indexImages(URL(fileURLWithPath: photos, isDirectory: true), collection: collection, model: model) {
          if progressIsVisible { printError("\r\($0) of \($1) pictures", terminator: "") }
        }
      }
      if progressIsVisible { printError("") }
      if output.json { return try printJSON(report) }
      print(
        "\(report.collection): \(report.images) pictures; \(report.added) added, \(report.replaced) replaced, "
          + "\(report.unchanged) as they were, \(report.removed) gone; " + String(format: "%.1f s", report.seconds))
      if skipped { printColumns(report.skippedPaths.map { [$0.path, $0.reason] }) }
      for (reason, count) in report.skipped.sorted(by: { $0.key < $1.key }) { print("skipped \(count): \(reason)") }
    }
  }

  struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search", abstract: "The pictures most like one, or that a text describes.",
      discussion: """
        Texts need a collection of a model that reads them, such as CLIP. Copies of the picture itself are left out.
        EXAMPLES
          hone images search --like photos/rose1.jpg -k 5
          hone images search 'a yellow flower' --where "folder = 'roses'"
        """)
    @Argument(help: "What the pictures show.") var text: String?
    @Option(help: "A JPEG or PNG.") var like: String?
    @Option(name: .customShort("k"), help: "Pictures to find.") var count = 10
    @Option(name: .customLong("where"), help: "Which pictures are wanted, as in \"folder = 'roses' and width >= 400\".")
    var filter: String?
    @Option(help: "The collection.") var collection = Home.imageCollection
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (text == nil) != (like == nil) else {
        throw ValidationError("expected a text or --like PICTURE, and not both")
      }
    }

    func run() async throws {
      let hits = try await reporting {
        if let like {
          return try Home().searchImages(
            like: URL(fileURLWithPath: like), collection: collection, limit: count, filter: filter)
        }
        return try Home().searchImages(text ?? "", collection: collection, limit: count, filter: filter)
      }
      if output.json { return try printJSON(["data": hits]) }
      printHits(hits)
    }
  }

  struct Classify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "classify", abstract: "Label a picture with the folder that most of its nearest neighbours lie in.")
    @Argument(help: "A JPEG or PNG.") var photo: String
    @Option(help: "The collection.") var collection = Home.imageCollection
    @Option(name: .customShort("k"), help: "Neighbours that vote.") var count = 5
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let found = try await reporting {
        try Home().classifyImage(URL(fileURLWithPath: photo), collection: collection, neighbours: count)
      }
      if output.json { return try printJSON(found) }
      print("\(found.label)  \(found.votes[found.label] ?? 0) of \(found.neighbours.count) votes")
      printHits(found.neighbours)
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "How often neighbours name a picture's own folder, each picture asked without itself.")
    @Argument(help: "The collection.") var collection = Home.imageCollection
    @Option(name: .customShort("k"), help: "Neighbours that vote.") var count = 5
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let check = try await reporting { try Home().checkImages(collection, neighbours: count) }
      if output.json { return try printJSON(check) }
      printColumns([
        ["pictures", "\(check.asked) of \(check.images), in \(check.folders) folders"],
        ["accuracy", String(format: "%.3f", check.accuracy)],
        ["precision@\(check.neighbours)", String(format: "%.3f", check.precision)],
        ["the largest folder", String(format: "%.3f", check.chance)],
      ])
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The collections of pictures.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let infos = try await reporting { try Home().listImageCollections() }
      if output.json { return try printJSON(["data": infos]) }
      printColumns(
        [["NAME", "PICTURES", "FOLDERS", "MODEL", "MB"]]
          + infos.map { [$0.name, "\($0.images)", "\($0.folders.count)", $0.model, megabytes($0.bytes)] })
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Remove a collection; the pictures stay.")
    @Argument(help: "The collection.") var collection: String

    func run() async throws {
      try await reporting { try Home().removeImageCollection(collection) }
      print("removed \(collection)")
    }
  }
}

private func printHits(_ hits: [ImageHit]) {
  if hits.isEmpty { print("nothing was found") }
  for (place, hit) in hits.enumerated() {
    print("\(place + 1). \(hit.path)" + String(format: "  %.3f", hit.similarity) + "  \(hit.width) × \(hit.height)")
  }
}
