import { expect, it } from 'vitest';
import { activityOf } from './activity.ts';

it('a page counts as used when it is opened and after each thing done on it, and not by itself', () => {
  const page = new EventTarget();
  const mark = activityOf(page);
  const byItself = { 'x-ww-by-itself': '1' };
  expect([mark(), mark()]).toEqual([{}, byItself]);
  for (const name of ['pointerdown', 'keydown', 'wheel']) {
    page.dispatchEvent(new Event(name));
    expect([mark(), mark()]).toEqual([{}, byItself]);
  }
});
