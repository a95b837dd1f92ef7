/**
 * An alert's summary in two parts: what happened, and why it is believed. The detector writes the
 * story first and what it rests on after it, so the first sentence is the story.
 */
export function splitSummary(summary: string): {
  readonly happened: string;
  readonly believed: string;
} {
  const end = summary.search(/[.!?]\s/);
  if (end === -1) return { happened: summary, believed: '' };
  return { happened: summary.slice(0, end + 1), believed: summary.slice(end + 1).trim() };
}
