/**
 * Has this agent touched data as sensitive with this tool before? A clerk that reads one salary a day
 * does nothing in bulk and nothing forbidden; with this tool it only never did so. For restricted and
 * secret data only, whatever the effect: reading is the harm. Lower levels rank.
 *
 * Judged tool by tool, since what another tool reads says little of this one. Where the tool is new, or never told how
 * sensitive its data are, the agent as a whole is asked: whether it ever touched such data of such a kind. For
 * that, data of which nothing is told are counted too, by their kind: a source that begins to tell that the salaries
 * which were always read are restricted changed its telemetry, and the agent nothing. Nor is it asked of a tool that the profile names whole, or of data
 * within the sensitivity that it or its task's envelope declares.
 *
 * Method: predictive probability by Witten–Bell, then peers, then the shipped prior (`value-novelty.ts`).
 * Source: Witten, Bell 1991, method C; what makes something new a surprise was measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: as sensitive as source or catalogue say, and data that nobody labelled rank only; those of
 * `value-novelty.ts`.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { isToolNamed } from '../governance/declared-tool.ts';
import { toolName } from '../kept/joined-names.ts';
import { excusedByEnvelope } from './envelope-excuse.ts';
import { GRAVE, isWithinSensitivity } from './novelty-excuse.ts';
import type { NoveltyOptions } from './novelty-options.ts';
import { valueNovelty } from './value-novelty.ts';

/** Days after which an agent as a whole is known by its data. */
const WHOLE_DAYS_MIN = 7;

const isTold = ({ target }: AuditEvent) =>
  target?.sensitivity !== undefined && target.sensitivity !== 'unknown';
const untold = ({ target }: AuditEvent) =>
  `?/${target?.system ?? ''}/${target?.resource_type ?? ''}`;

export const FIRST_SENSITIVITY: NoveltyOptions = {
  name: 'first_sensitivity',
  ruleId: 'first-sensitivity',
  severity: 'medium',
  weight: 0.02,
  isOfKind: true,
  valueOf: (event) => {
    const { target } = event;
    if (!isTold(event)) return target === undefined ? undefined : untold(event);
    const sensitivity = target?.sensitivity ?? '';
    return GRAVE.has(sensitivity) ? `${sensitivity}/${target?.resource_type ?? ''}` : sensitivity;
  },
  within: (event) => (isTold(event) ? toolName(event.tool) : undefined),
  wholeAfterDays: WHOLE_DAYS_MIN,
  toldLess: untold,
  deserves: (_, { target }) => GRAVE.has(target?.sensitivity ?? ''),
  excuse: (of) => {
    const isNamed = isToolNamed(of.registered, of.event.tool);
    if (!of.isWhole) return undefined;
    return isNamed || isWithinSensitivity(of) ? 'quiet' : excusedByEnvelope(of, 'sensitivity');
  },
  describe: (value, { effect }, isDone) => {
    const data = `${value.split('/').filter(Boolean).join(' ')} data`;
    return (isDone ? `${effect} on ${data}` : `to reach ${data} (${effect})`).slice(0, 60);
  },
};

export const firstSensitivity = valueNovelty(FIRST_SENSITIVITY);
