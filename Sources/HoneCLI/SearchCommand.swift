public import ArgumentParser
import Foundation
public import Hone

/// The flags that everything which finds rows has.
struct FindOptions: ParsableArguments {
  @Option(name: .customShort("k"), help: "Rows to find.") var count = 10
  @Option(name: .customLong("where"), help: "Which rows are wanted, as in \"Score >= 4 and lang in ('en', 'de')\".")
  var filter: String?
  @Option(help: "How much of the index is looked at: fast, balanced or precise.") var preset = "balanced"
  @Option(help: "Lists of the index that are scanned, in place of what the preset says.") var probes: Int?
  @Option(help: "Rows that are compared exactly, in place of what the preset says.") var rerank: Int?
  @Flag(help: "Compare all rows, without the index.") var exact = false
  @Option(help: "0 to 1: how much being unlike the rows before it counts for a row.") var diversity = 0.0
  @OptionGroup(title: "Places") var places: PlaceFlags
  @OptionGroup var output: OutputOptions

  var options: SearchOptions {
    var options = SearchOptions()
    options.place = places.areGiven ? places.options : nil
    (options.topK, options.filter, options.diversity) = (count, filter, diversity)
    options.preset = exact ? nil : preset
    (options.probes, options.rerank) = (probes, rerank)
    return options
  }

  func validate() throws {
    guard exact, probes != nil || rerank != nil else { return }
    throw ValidationError("--exact compares all rows: leave --probes and --rerank out, or --exact")
  }

  func show(_ hits: [SearchHit]) throws {
    if output.json { return try printJSON(["data": hits]) }
    if hits.isEmpty { print("nothing was found") }
    for (place, hit) in hits.enumerated() {
      let fields = hit.fields.sorted { $0.key < $1.key }.filter {
        $0.value != .null && $0.value.description.count <= 60
      }
      .prefix(6).map { "\($0.key)=\($0.value.description)" }
      let near = hit.similarity.map { String(format: "  %.3f", $0) } ?? ""
      let way = hit.distance.map { String(format: "  %.3f km", $0 / 1000) } ?? ""
      print("\(place + 1). \(hit.key)\(near)\(way)  \(fields.joined(separator: "  "))")
      let line = hit.text.split(whereSeparator: \.isNewline).joined(separator: " ")
      print("   " + (line.count > 200 ? line.prefix(197) + "..." : line))
      if let because = hit.because {
        print("   near \(because)" + (hit.becauseSimilarity.map { String(format: " (%.3f)", $0) } ?? ""))
      }
    }
  }
}

struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find rows of a collection by meaning, words and fields.",
    discussion: """
      EXAMPLES
        hone search reviews 'delicious beans' -k 3 --where 'Score >= 4'
        hone search papers 'what limits generation length' --by words
      """)
  @Argument(help: "The collection.") var name: String
  @Argument(help: "What to look for; - reads standard input.") var text: String
  @Option(help: "both (fused by score), vectors or words.") var by = SearchOptions.Legs.both
  @OptionGroup var find: FindOptions

  func run() async throws {
    let hits = try await reporting {
      let home = Home()
      let collection = try home.collection(name)
      var options = find.options
      options.legs = by
      let question = text == "-" ? try readStandardInput() : text
      guard by != .words else { return try collection.search(text: question, vector: nil, options) }
      return try collection.search(question, home.embedder(collection.model), options)
    }
    try find.show(hits)
  }
}

struct RecommendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend", abstract: "Find rows like some and unlike others, or like all of a user.",
    discussion: """
      A row is named by its key, or by its place counted from 0. Rows with the same text as a named one are left out.
      EXAMPLES
        hone recommend news --like 0 -k 5
        hone recommend news --like 3 --unlike 17
        hone recommend reviews --user A3SGXH7AUHU8GW --user-field UserId
      """)
  @Argument(help: "The collection.") var name: String
  @Option(help: "A row that is liked; may be given several times.") var like: [String] = []
  @Option(help: "A row that is disliked; may be given several times.") var unlike: [String] = []
  @Option(help: "Like everything of this user.") var user: String?
  @Option(help: "The field that says whose a row is.") var userField = "UserId"
  @OptionGroup var find: FindOptions

  func run() async throws {
    let hits = try await reporting {
      var request = RecommendRequest()
      (request.like, request.unlike, request.options) = (like, unlike, find.options)
      if let user { request.user = (userField, user) }
      return try Home().collection(name).recommend(request)
    }
    try find.show(hits)
  }
}

struct AskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "Answer a question from a collection, with the passages it comes from.",
    discussion: """
      Without --model the passages are the answer: a model as small as nano is not to be trusted with more.
      EXAMPLES
        hone ask papers 'what limits generation length?'
        hone ask papers 'what limits generation length?' --model distilgpt2
      """)
  @Argument(help: "The collection.") var name: String
  @Argument(help: "The question; - reads standard input.") var question: String
  @Option(name: .shortAndLong, help: "The language model that answers.") var model: String?
  @Option(name: .customLong("max-tokens"), help: "Tokens of the answer at most.") var maxTokens = 200
  @OptionGroup var find: FindOptions

  func run() async throws {
    let answer = try await reporting {
      let home = Home()
      let collection = try home.collection(name)
      return try collection.ask(
        question == "-" ? try readStandardInput() : question, home.embedder(collection.model), find.options,
        model: model.map { try home.completionModel($0) }, maxTokens: maxTokens)
    }
    if find.output.json { return try printJSON(answer) }
    if let text = answer.answer {
      print(text + "\n")
      print(
        "from \(answer.passagesInPrompt) of \(answer.passages.count) passages; the answer names "
          + (answer.cited.isEmpty ? "none" : answer.cited.map { "[\($0)]" }.joined(separator: " ")))
    }
    try find.show(answer.passages)
  }
}

extension SearchOptions.Legs: ExpressibleByArgument {}
extension VectorSettings.Metric: ExpressibleByArgument {}
extension VectorSettings.Encoding: ExpressibleByArgument {}
