//  LibraryVersion.swift — which Credence this is.

/// The version of the library, as files and `credence --version` state it.
public enum LibraryVersion {
  public static let current = "0.1.0"
}
