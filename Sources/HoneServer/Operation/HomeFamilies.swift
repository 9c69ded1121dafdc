package import Hone

extension Metrics {
  /// Adds what a home has and does: jobs, uploads, files, tokens, models in memory and the sequences that they work on.
  package func watch(_ service: Service, _ shelf: ModelShelf, _ stores: VectorStores) {
    add {
      // Records that cannot be read are a matter of the log and of the routes; the other counters still come.
      let totals = try? await service.totals()
      return (totals.map(Self.families) ?? []) + Self.families(await shelf.load) + Self.families(await stores.recalls())
    }
  }

  private static func families(_ totals: ServiceTotals) -> [Family] {
    func states(_ counts: [String: Int]) -> [Family.Sample] {
      counts.sorted { $0.key < $1.key }.map { Family.Sample([("state", $0.key)], Double($0.value)) }
    }
    let tokens = [
      ("completion", totals.completionTokens), ("prompt", totals.promptTokens), ("trained", totals.trainedTokens),
    ]
    return [
      Family("hone_jobs", .gauge, "Fine-tuning jobs by state.", states(totals.jobs)),
      Family("hone_workers", .gauge, "Processes that train.", totals.workers),
      Family("hone_uploads", .gauge, "Uploads in parts by state.", states(totals.uploads)),
      Family("hone_files", .gauge, "Files kept.", totals.files),
      Family("hone_file_bytes", .gauge, "Bytes of the files kept.", totals.fileBytes),
      Family(
        "hone_tokens_total", .counter, "Tokens read, generated and trained on since the home was made.",
        tokens.map { Family.Sample([("kind", $0.0)], Double($0.1)) }),
    ]
  }

  private static func families(_ recalls: [(id: String, recall: Double, searches: Int)]) -> [Family] {
    guard !recalls.isEmpty else { return [] }
    return [
      Family(
        "hone_search_recall", .gauge,
        "Share of the ten nearest rows that searches find, by collection, of those that were compared with all rows.",
        recalls.map { Family.Sample([("collection", $0.id)], $0.recall) }),
      Family(
        "hone_search_recall_samples", .gauge, "Searches that were compared with all rows since the index was trained.",
        recalls.map { Family.Sample([("collection", $0.id)], Double($0.searches)) }),
    ]
  }

  private static func families(_ load: ModelShelf.Load) -> [Family] {
    [
      Family("hone_loaded_models", .gauge, "Models in memory.", load.models),
      Family("hone_loaded_model_bytes", .gauge, "Bytes that the models in memory may take.", load.bytes),
      Family("hone_model_memory_bytes", .gauge, "Bytes that models may take together.", load.memory),
      Family("hone_model_loads_total", .counter, "Models loaded since the start.", load.loads),
      Family(
        "hone_sequences", .gauge, "Sequences that models are asked to complete, by state.",
        [
          Family.Sample([("state", "active")], Double(load.running)),
          Family.Sample([("state", "waiting")], Double(load.waiting)),
        ]),
    ]
  }
}
