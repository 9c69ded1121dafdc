import ArgumentParser
import Hone

// The command line: flags in, one call of Hone, lines out. It knows no model, no training and no file format.
// Every command says its name: one taken from its type costs half a millisecond at the start of any of them.

@main struct HoneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hone",
    abstract: "Fine-tune small language models on your own examples, on your own machine.",
    discussion: """
      EXAMPLES
        hone prepare emails.csv
        hone tune -t emails_prepared_train.jsonl -v emails_prepared_valid.jsonl -m nano --suffix emails
        hone classify -m nano:ft-personal:emails-2026-11-21-04-35-06 'subject: sick today'
        hone complete -m nano -p 'Once upon a time' --max-tokens 40
      """,
    version: honeVersion,
    subcommands: [
      PrepareCommand.self, TuneCommand.self, CompleteCommand.self, ClassifyCommand.self, ModelsCommand.self,
      PullCommand.self, EmbedCommand.self, TokensCommand.self, AliasCommand.self, DistillCommand.self,
      CustomizeCommand.self, CacheCommand.self, IndexCommand.self, SearchCommand.self, RecommendCommand.self,
      AskCommand.self, CodeCommand.self, NearCommand.self, ImagesCommand.self,
      ServeCommand.self, JobsCommand.self, ImportCommand.self, KeysCommand.self, UsageCommand.self,
      WorkCommand.self,
      EnvironmentCommand.self, ApiCommand.self, ToolsCommand.self,
    ])
}
