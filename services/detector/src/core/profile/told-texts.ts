/**
 * Under which key an alert of an obeyed text is followed. Many calls that obey one text in one piece of work are one
 * alert with a count; another text, or another value of the same one (a further account, a further address), is another
 * hijack, by another hand perhaps: an alert of its own, at once, with its own words, origins and incident, so that what
 * is done about it is decided anew. Were they one alert, an agent whose task or conversation never ends would be
 * hijacked again behind the count of the first.
 *
 * Whoever floods an agent with texts that it obeys gets so many alerts a day of one piece of work; what is beyond is one
 * alert for each kind of effect, so that no number of mails hides the first payment.
 *
 * Rejected: one alert with a revision for each text. It would keep the incident of the first one's cause and could be
 * judged as a whole only. And another tool as another hijack: one text mostly asks for several steps.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import { agentKey } from '../kept/agent-key.ts';

/** Texts of a piece of work that are told apart in a day. */
export const TEXTS_TOLD_MAX = 8;
/** Texts that an agent obeyed and that are known as told; the earliest is forgotten. */
export const TEXTS_KEPT_MAX = 32;
const PRINT = 8;
const DAY_MS = 86_400_000;

interface ToldText {
  readonly work: string;
  readonly day: number;
  readonly text: string;
  readonly values: readonly string[];
}

const print = (value: string) => shortPrint(value, PRINT);

/** The one that was told of all that this call took from the text; undefined: there is news in it. */
function toldBefore(
  told: readonly ToldText[],
  { work, text, values }: ToldText,
): ToldText | undefined {
  const same = told.filter((one) => one.work === work && one.text === text);
  const isKnown = values.every((value) => same.some((one) => one.values.includes(value)));
  if (!isKnown) return undefined;
  return same.find((one) => values.some((value) => one.values.includes(value))) ?? same[0];
}

/** Which alert of its rule this one is; the alarm's own key where it rests on no text. */
export function alertKeyOf(draft: Draft, event: AuditEvent, alarm: FacetAlarm): string {
  const { dedupeKey, obeyed } = alarm;
  if (obeyed === undefined) return dedupeKey;
  const key = agentKey(event, 'obeyed');
  const told = draft.get<readonly ToldText[]>(key) ?? [];
  const fresh: ToldText = {
    work: print(dedupeKey),
    day: Math.floor(epochMs(event.event_time) / DAY_MS),
    text: print(obeyed.text),
    values: obeyed.values.map(print),
  };
  const known = toldBefore(told, fresh);
  if (known === undefined) {
    const ofDay = told.filter(({ work, day }) => work === fresh.work && day === fresh.day);
    if (ofDay.length >= TEXTS_TOLD_MAX) return `${dedupeKey}|more|${fresh.day}|${event.effect}`;
    draft.put(key, [...told, fresh].slice(-TEXTS_KEPT_MAX));
  }
  const { text, values } = known ?? fresh;
  return `${dedupeKey}|${text}|${values.join()}`;
}
