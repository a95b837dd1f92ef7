/**
 * Alerts of a stage whose past is missing say so (packages/stage, `restore-partition.ts`); a chain that may have begun before
 * is not evaluable.
 */
import { type Alert, epochMs, TOPICS } from '@waywarden/schemas';
import type { Decide, Output, Transaction } from '@waywarden/stage';
import { DAY_MS } from '../domain/day.ts';
import { historyWords } from '../wording/unseen.ts';

/** Longer than baselines and chains need. */
const MATTERS_MS = 30 * DAY_MS;
/** Of the shipped combinations. */
const CHAIN_MS = 7 * DAY_MS;

function withHistory(alert: Alert, begins: string): Alert {
  const beginsMs = epochMs(begins);
  if (epochMs(alert.detected_at) - beginsMs > MATTERS_MS) return alert;
  const isCut =
    alert.assembly !== undefined && epochMs(alert.first_event_time) - beginsMs < CHAIN_MS;
  return {
    ...alert,
    evaluable: alert.evaluable && !isCut,
    not_visible: [...alert.not_visible, historyWords(begins)],
  };
}

export function sayHistory(
  decide: Decide,
  historyBegins: (transaction: Transaction) => string | undefined,
): Decide {
  return (transaction, record) => {
    const outputs = decide(transaction, record);
    if (outputs.length === 0) return outputs;
    const begins = historyBegins(transaction);
    if (begins === undefined) return outputs;
    return outputs.map(
      (output): Output =>
        output.topic === TOPICS.alerts.name && output.type === 'event'
          ? { ...output, value: withHistory(output.value as Alert, begins) }
          : output,
    );
  };
}
