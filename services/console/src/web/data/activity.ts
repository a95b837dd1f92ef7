/** Marks what the page asks by itself: it keeps no session open, and what somebody does on the page does. */
const DONE_BY_PEOPLE = ['pointerdown', 'keydown', 'wheel'] as const;

/** The first question counts: somebody opened the page. */
export function activityOf(page: EventTarget): () => Readonly<Record<string, string>> {
  let isUsed = true;
  const use = () => {
    isUsed = true;
  };
  for (const name of DONE_BY_PEOPLE) page.addEventListener(name, use, { passive: true });
  return () => {
    const mark = isUsed ? {} : { 'x-ww-by-itself': '1' };
    isUsed = false;
    return mark;
  };
}
