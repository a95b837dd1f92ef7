/** What is wider than a narrow window scrolls by itself, by keyboard too, and says what it is. */
import type { ReactNode } from 'react';

export function Scroll({
  minWidth,
  label,
  children,
}: {
  readonly minWidth: number;
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must be able to.
    <section className="scroll" aria-label={label} tabIndex={0}>
      <div style={{ minWidth }}>{children}</div>
    </section>
  );
}
