//  RunControl+Logging.swift — the events of a fit as structured log messages.

public import Logging

extension TrainingEvent {
  /// The event as key and value, for structured logs.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "member": "\(member)", "members": "\(memberCount)", "epoch": "\(epoch)", "epochs": "\(epochCount)",
      "loss": "\(loss)", "finished": "\(isLast)",
    ]
    if let validationLoss { metadata["validationLoss"] = "\(validationLoss)" }
    return metadata
  }
}

extension RunControl {
  /// The same control that also logs each epoch at debug level, and the end of each member at info level.
  public func logging(to logger: Logger) -> RunControl {
    var control = self
    control.progress = { [progress] event in
      progress(event)
      logger.log(
        level: event.isLast ? .info : .debug, event.isLast ? "member trained" : "epoch trained",
        metadata: event.metadata)
    }
    return control
  }
}
