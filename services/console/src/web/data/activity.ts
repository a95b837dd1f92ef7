/** Marks what the page asks by itself: only what somebody does keeps a session open. */
const DONE_BY_PEOPLE = ['pointerdown', 'keydown', 'wheel'] as const;

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
