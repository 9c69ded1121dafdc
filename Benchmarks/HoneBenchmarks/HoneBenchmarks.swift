/// Hone's side of the comparisons in this folder; the peers' side is in Python. See README.md.
@main struct HoneBenchmarks {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst(2))
    switch CommandLine.arguments.dropFirst().first {
    case "encode": try encode(arguments)
    case "train": try train(arguments)
    case "products": try products(arguments)
    case "inference": try inference(arguments)
    case "serving": try await serving(arguments)
    case "answers": try answers(arguments)
    case "wordpieces": try wordPieces(arguments)
    case "embed": try embed(arguments)
    case "projection": try projection(arguments)
    case "relevance": try relevance(arguments)
    case "neighbours": try neighbours(arguments)
    case "scans": try scans(arguments)
    case "filters": try filters(arguments)
    case "images": try images(arguments)
    case "stores": try stores(arguments)
    default:
      throw UsageError(
        text:
          "encode | train | products | inference | serving | answers | wordpieces | embed | projection | relevance | neighbours | scans | images | stores"
      )
    }
  }
}
