/** Small shapes that carry meaning without color; drawn here, so that no font can lack them. */
import type { ReactNode } from 'react';

const SHAPES = {
  critical: <path d="M8 1 15 8 8 15 1 8Z" />,
  high: <path d="M8 2 15 14H1Z" />,
  medium: <rect x="2.5" y="2.5" width="11" height="11" />,
  low: <circle cx="8" cy="8" r="5.5" />,
  info: <circle cx="8" cy="8" r="5" className="hollow" />,
  ok: <path className="line" d="M2.5 8.5 6.5 12.5 13.5 4" />,
  warning: (
    <>
      <path className="line" d="M8 2 14.5 13.5H1.5Z" />
      <path className="line" d="M8 6.5V9.5M8 11.2V12" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="5.5" className="hollow" />
      <path className="line" d="M8 5V8L10 9.5" />
    </>
  ),
  denied: (
    <>
      <circle cx="8" cy="8" r="5.5" className="hollow" />
      <path className="line" d="M4.2 4.2 11.8 11.8" />
    </>
  ),
  cut: (
    <>
      <circle cx="4" cy="4.2" r="2" className="hollow" />
      <circle cx="4" cy="11.8" r="2" className="hollow" />
      <path className="line" d="M5.7 5.3 14 12M5.7 10.7 14 4" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="7" />
      <path className="line" d="M5 7V5a3 3 0 0 1 6 0v2" />
    </>
  ),
  tick: <path className="line" d="M3 8.5 6.5 12 13 4.5" />,
} as const satisfies Readonly<Record<string, ReactNode>>;

export type Shape = keyof typeof SHAPES;

export function Mark({ shape, label }: { readonly shape: Shape; readonly label?: string }) {
  return label === undefined ? (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[shape]}
    </svg>
  ) : (
    <svg className="mark" viewBox="0 0 16 16" role="img" aria-label={label}>
      {SHAPES[shape]}
    </svg>
  );
}
