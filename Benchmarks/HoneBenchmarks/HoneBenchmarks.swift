/// Hone's side of the comparisons in this folder; the peers' side is in Python. See README.md.
@main struct HoneBenchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "encode": try encode(Array(arguments.dropFirst()))
    case "step": try trainingSpeed()
    default: throw UsageError(text: "encode | step")
    }
  }
}
