/** Compiles where the value's type is exactly the expected one. Nothing runs it. */
export function equal<Expected>() {
  return <Actual>(
    _value: Actual,
    ..._same: [Expected] extends [Actual] ? ([Actual] extends [Expected] ? [] : [never]) : [never]
  ): void => {};
}
