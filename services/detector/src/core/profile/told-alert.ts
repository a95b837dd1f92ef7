/** An alert as it is told: what is held back, or is part of one about a common cause, is listed and not queued. */
import type { Alert } from '@waywarden/schemas';
import { spentWords } from './alert-budget.ts';
import type { Tracked } from './merge-alert.ts';

export function toldAs(tracked: Tracked): Alert {
  const { held, spent = 'proven', part, apart, isRolledOut } = tracked;
  const words = apart === undefined ? '' : ` ${apart}`;
  const alert =
    words === '' ? tracked.alert : { ...tracked.alert, summary: tracked.alert.summary + words };
  if (part !== undefined) {
    const why =
      isRolledOut === true
        ? 'the same tool was new to other agents before, and they came to it in the same way'
        : 'other agents alarmed alike within four hours';
    const summary = `${alert.summary} Not queued: ${why}, which is told once, as ${part}.`;
    return { ...alert, posture: true, summary };
  }
  if (held === undefined) return alert;
  const summary = `${alert.summary} Not queued: ${spentWords(spent)} (${held} held back so far).`;
  return { ...alert, posture: true, summary };
}
