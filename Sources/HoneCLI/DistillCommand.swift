import ArgumentParser
import Foundation
import Hone

struct DistillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Make a static model from an encoder: hundreds of times faster, a little less exact.",
    discussion: """
      With --text the table is fitted to what the encoder makes of your texts, which is worth much.
      EXAMPLES
        hone distill all-MiniLM-L6-v2 --out my-static
        hone distill all-MiniLM-L6-v2 --out my-static --text reviews.csv --column combined
      """)
  @Argument(help: "The encoder's name, or a folder in the sentence-transformers layout.") var teacher: String
  @Option(name: .customLong("out"), help: "The new model's name, or a new folder where it has a slash.") var out: String
  @Option(help: "Files of texts to fit to.") var text: [String] = []
  @Option(help: "The column of the files that holds the texts (default: prompt, text, or the only one).")
  var column: String?
  @Option(help: "Numbers of a vector.") var dimensions = 256
  @Option(help: "Passes over the texts.") var epochs = 2
  @Option(help: "Seed of the order of the texts.") var seed: UInt64 = 0
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reporting {
      var options = DistillOptions()
      (options.dimensions, options.epochs, options.seed) = (dimensions, epochs, seed)
      let texts = try text.flatMap { try textColumn(of: URL(fileURLWithPath: $0), column: column) }
        .filter { !$0.isEmpty }
      let model = try Home().distill(teacher, to: out, texts: texts, options) { event in
        switch event {
        case .embedding(let done, let total, let what):
          if progressIsVisible { printError("\r\(done) of \(total) \(what)   ", terminator: done == total ? "\n" : "") }
        case .epoch(let epoch, let loss):
          printError(String(format: "epoch %d: mean of 1 - cosine %.4f", epoch, loss))
        }
      }
      if output.json, let model { return try printJSON(model) }
      print("made \(out)")
    }
  }
}
