/** `*` in a selector of a rule stands for any text, also none; everything else for itself, in time linear in both. */
export function selects(selector: string, name: string): boolean {
  const parts = selector.split('*');
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return selector === name;
  if (!name.startsWith(head) || name.length < head.length + tail.length) return false;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(tail) && at <= name.length - tail.length;
}
