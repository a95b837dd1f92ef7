/**
 * Alerts of a stage whose past is missing say so. When the log was shortened and a stage's state was
 * lost, it knows an agent, or a chain, only from where the log begins (packages/stage, history.ts).
 * What it finds still stands, as a proof rests on calls that it has seen; what it could not see is
 * told in `not_visible`, and a chain that may have begun before is not evaluable, so nothing automatic
 * follows from half of it. A wrapper around the decision and no part of each judgement, because it is
 * true of all of them alike and of none in a whole log.
 */

import { type Alert, epochMs, TOPICS } from '@waywarden/schemas';
import type { Decide, Output, Transaction } from '@waywarden/stage';
import { DAY_MS } from '../domain/day.ts';

/** Longer than baselines need to settle and chains to end; after it nothing is missing any more. */
const MATTERS_MS = 30 * DAY_MS;
/** The longest that the steps of a combination lie apart, of those that are shipped. */
const CHAIN_MS = 7 * DAY_MS;

function withHistory(alert: Alert, begins: string): Alert {
  const beginsMs = epochMs(begins);
  if (epochMs(alert.detected_at) - beginsMs > MATTERS_MS) return alert;
  const text = `History begins at ${begins}: what happened before is kept no longer and was not seen.`;
  const isCut =
    alert.assembly !== undefined && epochMs(alert.first_event_time) - beginsMs < CHAIN_MS;
  return {
    ...alert,
    evaluable: alert.evaluable && !isCut,
    not_visible: [...alert.not_visible, text],
  };
}

/** `historyBegins`: what the runner knows of the state that is decided on. */
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
