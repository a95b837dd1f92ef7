/** Keys that work everywhere on a page, as long as nobody is typing; Escape ends that. */
import { useEffect } from 'react';

export type KeyActions = Readonly<Record<string, () => void>>;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(input|textarea|select)$/i.test(target.tagName);

export function useKeys(actions: KeyActions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && isTyping(event.target)) (event.target as HTMLElement).blur();
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [actions]);
}

/** Moves the focus among the lines of a list: `step` 1 is down, -1 is up. */
export function moveFocus(selector: string, step: 1 | -1): void {
  const lines = [...document.querySelectorAll<HTMLElement>(selector)];
  if (lines.length === 0) return;
  const at = lines.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 ? (step === 1 ? 0 : lines.length - 1) : at + step;
  lines[Math.min(Math.max(next, 0), lines.length - 1)]?.focus();
}
