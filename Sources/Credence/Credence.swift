//  Credence.swift — everything that users import.

@_exported public import Arrays
@_exported public import Programs
