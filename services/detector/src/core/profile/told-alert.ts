/** An alert as it is told: what is held back, or is part of one about a common cause, is listed and not queued. */
import type { Alert } from '@waywarden/schemas';
import { spentWords } from './alert-budget.ts';
import type { Tracked } from './merge-alert.ts';

export function toldAs(tracked: Tracked): Alert {
  const { held, spent = 'proven', part, apart } = tracked;
  const words = apart === undefined ? '' : ` ${apart}`;
  const alert =
    words === '' ? tracked.alert : { ...tracked.alert, summary: tracked.alert.summary + words };
  if (part !== undefined) {
    const summary = `${alert.summary} Not queued: other agents alarmed alike within four hours, which is told once, as ${part}.`;
    return { ...alert, posture: true, summary };
  }
  if (held === undefined) return alert;
  const summary = `${alert.summary} Not queued: ${spentWords(spent)} (${held} held back so far).`;
  return { ...alert, posture: true, summary };
}
