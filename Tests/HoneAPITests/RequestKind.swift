import HoneAPI
import Testing

/// Every request with a JSON body: a body that says everything, and which kinds of value each field takes.
struct RequestKind: CustomTestStringConvertible, Sendable {
  let name: String
  /// A body with every field.
  let body: String
  let required: Set<String>
  /// By field, the names of the `probes` that may stand in its place.
  let takes: [String: Set<String>]
  let read: @Sendable ([UInt8]) throws(RequestError) -> any RequestBody

  var testDescription: String { name }

  init<Request: RequestBody>(
    _ type: Request.Type, _ body: String, required: Set<String> = [], takes: [String: Set<String>]
  ) {
    name = "\(type)"
    self.body = body
    self.required = required
    self.takes = takes
    read = { (bytes: [UInt8]) throws(RequestError) -> any RequestBody in try Request(body: bytes) }
  }
}

/// Values of every kind, by name.
let probes: [(name: String, json: String)] = [
  ("bool", "true"), ("false", "false"), ("integer", "7"), ("whole", "2.0"), ("fraction", "0.5"), ("huge", "1e30"),
  ("text", "\"some text that says a lot\""), ("empty text", "\"\""), ("auto", "\"auto\""),
  ("empty list", "[]"), ("texts", "[\"a\",\"b\"]"), ("integers", "[1,2]"), ("fractions", "[0.5]"),
  ("mixed", "[\"a\",1]"),
  ("lists", "[[1],[2,3]]"), ("nulls", "[null]"), ("empty object", "{}"), ("object of numbers", "{\"50256\":-100}"),
  ("object of texts", "{\"k\":\"v\"}"), ("object of objects", "{\"k\":{}}"),
]

let integer: Set = ["integer", "whole"]
let number: Set = ["integer", "whole", "fraction", "huge"]
let text: Set = ["text", "empty text", "auto"]
let flag: Set = ["bool", "false"]
let anything = Set(probes.map(\.name))

extension RequestKind {
  static let completion = RequestKind(
    CompletionCreate.self,
    #"""
    {"model":"ada","prompt":["a\n\n###\n\n","\u00e9\ud83d\ude00"],"max_tokens":16,"temperature":0.5,"top_p":1,"n":2,
    "best_of":3,"stream":true,"stream_options":{"include_usage":true},"logprobs":5,"echo":false,"stop":["\n","END"],
    "presence_penalty":-0.5,"frequency_penalty":2,"logit_bias":{"50256":-100," yes":1.5},"seed":7,"user":"u","suffix":"s"}
    """#,
    takes: [
      "model": text, "prompt": text.union(["empty list", "texts", "integers", "lists"]), "max_tokens": integer,
      "temperature": number, "top_p": number, "n": integer, "best_of": integer, "stream": flag,
      "stream_options": ["empty object", "object of numbers", "object of texts", "object of objects"],
      "logprobs": integer, "echo": flag, "stop": text.union(["empty list", "texts"]), "presence_penalty": number,
      "frequency_penalty": number, "logit_bias": ["empty object", "object of numbers"], "seed": integer, "user": text,
      "suffix": text,
    ])

  static let chat = RequestKind(
    ChatCompletionCreate.self,
    #"""
    {"model":"ada","messages":[{"role":"system","content":"Be brief."},{"role":"user","name":"Ann",
    "content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]},{"role":"assistant","content":null,"refusal":null},
    {"role":"tool","content":"4","tool_call_id":"call_1"}],"max_tokens":16,"max_completion_tokens":8,"temperature":0.5,
    "top_p":1,"n":2,"stream":true,"stream_options":{"include_usage":true},"logprobs":true,"top_logprobs":20,"stop":"END",
    "presence_penalty":-0.5,"frequency_penalty":2,"logit_bias":{"50256":-100},"seed":7,"user":"u","tools":[],
    "tool_choice":"auto","functions":null,"function_call":"none","parallel_tool_calls":true,"audio":null,"store":false,
    "modalities":["text"],"response_format":{"type":"text"},"metadata":{"k":"v"},"service_tier":"auto"}
    """#,
    required: ["messages"],
    takes: [
      "model": text, "messages": [], "max_tokens": integer, "max_completion_tokens": integer, "temperature": number,
      "top_p": number, "n": integer, "stream": flag,
      "stream_options": ["empty object", "object of numbers", "object of texts", "object of objects"], "logprobs": flag,
      "top_logprobs": integer, "stop": text.union(["empty list", "texts"]), "presence_penalty": number,
      "frequency_penalty": number, "logit_bias": ["empty object", "object of numbers"], "seed": integer, "user": text,
      "tools": ["empty list"], "tool_choice": ["auto"], "functions": ["empty list"], "function_call": ["auto"],
      "audio": [], "prediction": [], "web_search_options": [], "modalities": [], "response_format": [],
      "parallel_tool_calls": anything, "store": anything, "metadata": anything, "service_tier": anything,
    ])

  static let fineTune = RequestKind(
    FineTuneCreate.self,
    #"""
    {"training_file":"file-a","validation_file":"file-b","model":"ada","n_epochs":4,"batch_size":8,
    "learning_rate_multiplier":0.1,"prompt_loss_weight":0,"compute_classification_metrics":true,
    "classification_n_classes":2,"classification_positive_class":" baseball","classification_betas":[0.5,1],"suffix":"x"}
    """#,
    required: ["training_file"],
    takes: [
      "training_file": text, "validation_file": text, "model": text, "n_epochs": integer, "batch_size": integer,
      "learning_rate_multiplier": number, "prompt_loss_weight": number, "compute_classification_metrics": flag,
      "classification_n_classes": integer, "classification_positive_class": text,
      "classification_betas": ["empty list", "integers", "fractions"], "suffix": text,
    ])

  static let fineTuningJob = RequestKind(
    FineTuningJobCreate.self,
    #"""
    {"model":"ada","training_file":"file-a","validation_file":"file-b","suffix":"x","seed":42,"metadata":{"k":"v"},
    "hyperparameters":{"n_epochs":"auto","batch_size":8,"learning_rate_multiplier":0.1},
    "method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":3,"batch_size":"auto",
    "learning_rate_multiplier":"auto"}}},"integrations":[]}
    """#,
    required: ["model", "training_file"],
    takes: [
      "model": text, "training_file": text, "validation_file": text, "suffix": text, "seed": integer,
      "metadata": ["empty object", "object of texts"],
      "hyperparameters": ["empty object", "object of numbers", "object of texts", "object of objects"],
      "method": [], "integrations": ["empty list"],
    ])
}
