/** W3C Trace Context: the span that made the request. */
export function traceParentOf(
  value: unknown,
): { readonly trace: string; readonly parent: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const [, trace, parent] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(value) ?? [];
  if (trace === undefined || parent === undefined || /^0+$/.test(trace)) return undefined;
  return { trace, parent };
}
