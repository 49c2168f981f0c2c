//  FewOperations.swift — the operations of a kernel over few elements, in the short form in which it runs without tiles.

import CKernels

struct FewOperations {
  let operations: [credence_few_operation]

  /// `nil` for kernels that need tiles: see `few.inc`.
  init?(_ lowered: [credence_operation], elements: Int) {
    guard elements >= 1, elements <= Int(CREDENCE_FEW) else { return nil }
    var operations: [credence_few_operation] = []
    var reductions = 0
    for operation in lowered {
      guard let code = Self.code(of: operation), operation.view.buffer >= 0, operation.view.row_step == 0,
        let stride = Int32(exactly: operation.view.rank == 1 ? operation.view.strides.0 : 0)
      else { return nil }
      if code == CREDENCE_FEW_SUM || code == CREDENCE_FEW_MAXIMUM { reductions += 1 }
      operations.append(
        credence_few_operation(
          code: UInt8(code.rawValue), function: UInt8(operation.code), result: UInt8(operation.result),
          x: UInt8(operation.x), y: UInt8(operation.y), z: UInt8(operation.z), stored: operation.stored,
          buffer: operation.view.buffer, stride: stride, offset: operation.view.offset, value: operation.value))
    }
    guard reductions <= Int(CREDENCE_FEW_REDUCTIONS) else { return nil }
    var end = credence_few_operation()
    end.code = UInt8(CREDENCE_FEW_END.rawValue)
    self.operations = operations + [end]
  }

  private static func code(of operation: credence_operation) -> credence_few_code? {
    switch credence_operation_kind(UInt32(operation.kind)) {
    case CREDENCE_OP_DIRECT: CREDENCE_FEW_DIRECT
    case CREDENCE_OP_LOAD: operation.view.rank <= 1 ? CREDENCE_FEW_GATHER : nil
    case CREDENCE_OP_CONSTANT: CREDENCE_FEW_CONSTANT
    case CREDENCE_OP_SPREAD: CREDENCE_FEW_SPREAD
    case CREDENCE_OP_UNARY: unary[UInt32(operation.code)] ?? CREDENCE_FEW_UNARY
    case CREDENCE_OP_BINARY: binary[UInt32(operation.code)] ?? CREDENCE_FEW_BINARY
    case CREDENCE_OP_SELECT: CREDENCE_FEW_SELECT
    case CREDENCE_OP_TANH_SLOPE: CREDENCE_FEW_TANH_SLOPE
    // Of a vector or two, each by itself.
    case CREDENCE_OP_SOFTPLUS_AND_SIGMOID, CREDENCE_OP_FOLLOWS: CREDENCE_FEW_UNARY
    case CREDENCE_OP_COPY: CREDENCE_FEW_COPY
    case CREDENCE_OP_SUM: CREDENCE_FEW_SUM
    case CREDENCE_OP_MAXIMUM: CREDENCE_FEW_MAXIMUM
    default: nil
    }
  }

  private static let unary: [UInt32: credence_few_code] = [
    CREDENCE_NEGATE.rawValue: CREDENCE_FEW_NEGATE, CREDENCE_SQUARE.rawValue: CREDENCE_FEW_SQUARE,
    CREDENCE_RECIPROCAL.rawValue: CREDENCE_FEW_RECIPROCAL, CREDENCE_EXP.rawValue: CREDENCE_FEW_EXP,
    CREDENCE_LOG.rawValue: CREDENCE_FEW_LOG, CREDENCE_LOG1P.rawValue: CREDENCE_FEW_LOG1P,
  ]

  private static let binary: [UInt32: credence_few_code] = [
    CREDENCE_ADD.rawValue: CREDENCE_FEW_ADD, CREDENCE_SUBTRACT.rawValue: CREDENCE_FEW_SUBTRACT,
    CREDENCE_MULTIPLY.rawValue: CREDENCE_FEW_MULTIPLY, CREDENCE_DIVIDE.rawValue: CREDENCE_FEW_DIVIDE,
  ]
}
