import HoneAPI

extension RequestKind {
  static let deployment = RequestKind(
    DeploymentCreate.self, #"{"model":"ada","scale_settings":{"scale_type":"manual","capacity":1}}"#,
    required: ["model"], takes: ["model": text, "scale_settings": []])

  static let fileImport = RequestKind(
    FileImport.self, #"{"purpose":"fine-tune","filename":"a.jsonl","content_url":"https://example.com/a.jsonl"}"#,
    required: ["purpose", "filename", "content_url"], takes: ["purpose": [], "filename": text, "content_url": text])

  static let upload = RequestKind(
    UploadCreate.self,
    #"""
    {"filename":"a.jsonl","purpose":"fine-tune","bytes":12,"mime_type":"text/jsonl",
    "expires_after":{"anchor":"created_at","seconds":3600}}
    """#,
    required: ["filename", "purpose", "bytes", "mime_type"],
    takes: ["filename": text, "purpose": [], "bytes": integer, "mime_type": text, "expires_after": []])

  static let uploadComplete = RequestKind(
    UploadComplete.self, #"{"part_ids":["part_1","part_2"],"md5":"d41d8cd98f00b204e9800998ecf8427e"}"#,
    required: ["part_ids"], takes: ["part_ids": ["empty list", "texts"], "md5": text])

  static let all = [
    completion, chat, fineTune, fineTuningJob, deployment, fileImport, upload, uploadComplete,
  ]
}
