import HoneAPI

extension ReplySamples {
  static var queuedFineTune: FineTuneObject {
    var tune = FineTuneObject(
      id: "ft-a", model: "ada", createdAt: 1_700_000_000, updatedAt: 1_700_000_001, organizationID: "org-hone",
      status: .pending,
      hyperparams: .init(epochs: 4, batchSize: nil, learningRateMultiplier: nil, promptLossWeight: 0.01))
    tune.trainingFiles = [file]
    return tune
  }

  static var fineTune: FineTuneObject {
    var tune = queuedFineTune
    tune.status = .succeeded
    tune.fineTunedModel = "ada:ft-personal-2023-11-14-22-13-20"
    tune.resultFiles = [results]
    tune.events = [FineTuneEventObject(createdAt: 1_700_000_000, level: .info, message: "Created fine-tune: ft-a")]
    tune.hyperparams.batchSize = 1
    tune.hyperparams.learningRateMultiplier = 0.1
    tune.hyperparams.computeClassificationMetrics = true
    tune.hyperparams.classCount = 2
    tune.hyperparams.positiveClass = " baseball"
    tune.hyperparams.betas = [0.5]
    return tune
  }

  static var queuedJob: FineTuningJobObject {
    FineTuningJobObject(
      id: "ftjob-a", model: "ada", createdAt: 1_700_000_000, organizationID: "org-hone", trainingFile: "file-a",
      hyperparameters: .init(), seed: 42)
  }

  static var failedJob: FineTuningJobObject {
    var job = queuedJob
    job.status = .failed
    job.finishedAt = 1_700_000_060
    job.validationFile = "file-b"
    job.resultFiles = ["file-r"]
    job.hyperparameters = .init(epochs: .value(3), batchSize: .value(8), learningRateMultiplier: .value(0.1))
    job.method = .init(job.hyperparameters)
    job.trainedTokens = 600
    job.error = .init(code: "invalid_training_file", message: "line 3", param: "training_file")
    job.metadata = Pairs(["b": "2", "a": "1"])
    return job
  }

  static var message: FineTuningEventObject {
    FineTuningEventObject(id: "ftevent-a", createdAt: 1_700_000_000, level: .info, message: "Job started.")
  }

  static var metrics: FineTuningEventObject {
    FineTuningEventObject(
      id: "ftevent-b", createdAt: 1_700_000_001, level: .info, message: "Step 1/8",
      metrics: .init(step: 1, trainLoss: 2.5, trainMeanTokenAccuracy: 0.75, totalSteps: 8))
  }

  static var checkpoint: CheckpointObject {
    var metrics = CheckpointObject.Metrics(step: 8)
    metrics.trainLoss = 0.5
    metrics.validLoss = 1e-05
    return CheckpointObject(
      id: "ftckpt_a", createdAt: 1_700_000_002, model: "ft:ada:personal::a:ckpt-step-8", jobID: "ftjob-a",
      metrics: metrics)
  }
}
