/// The names that jobs give: unique, and those of the generation of the API that made them.
struct JobNames {
  /// The second in the last name of each beginning, so that many jobs of one second do not try the same ones.
  private var lastSecond: [String: Int] = [:]

  /// `ft-…` or `ftjob-…`.
  static func newID(_ surface: JobSurface) -> String {
    (surface == .fineTunes ? "ft-" : "ftjob-") + randomName(length: 24)
  }

  /// The name of the model that a job will make. Asked again, it gives another where the form allows.
  mutating func model(id: String, surface: JobSurface, base: String, suffix: String?, now: Int) -> String {
    let organization = Environment.organization
    switch surface {
    case .fineTuning:
      let short = id.split(separator: "-", maxSplits: 1).last.map(String.init) ?? id
      return "ft:\(base):\(organization):\(nameSlug(suffix ?? "", limit: 64)):\(short.prefix(10))"
    case .fineTunes:
      let slug = nameSlug(suffix ?? "", limit: 40)
      let start = "\(base):ft-\(organization)\(slug.isEmpty ? "" : ":\(slug)")-"
      let second = max(now, (lastSecond[start] ?? 0) + 1)
      lastSecond = lastSecond.filter { $0.value >= now }
      lastSecond[start] = second
      return start + timeStamp(second)
    }
  }

  /// The base model's name in front of a tuned model's; nil where the name is not a tuned model's.
  static func base(of name: String) -> String? {
    if name.hasPrefix("ft:") { return name.split(separator: ":").dropFirst().first.map(String.init) }
    guard let colon = name.firstIndex(of: ":"), name[colon...].hasPrefix(":ft-") else { return nil }
    return String(name[..<colon])
  }
}
