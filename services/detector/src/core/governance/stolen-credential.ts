/**
 * The story of a stolen key as one alert: signs that each mean little are joined over a day, and the
 * alert is told anew with each sign that comes to it. A token that was used from one network or by one
 * client and is used from another is told at once: it was issued to a place. Else two signs are needed, and
 * one of them a place: a network or a client where this agent never was; that it acts from there, or keeps
 * calling, where that place is unlikely of it; the model called out of nothing; calls at a machine's speed.
 * Of calls that show no place at all, a flood of the model at a machine's speed is enough.
 *
 * Rejected: an alert for each sign. A new network beside its own is a migration, a burst alone a busy day.
 *
 * Method: signs joined over a day; a place is unlikely by Witten–Bell over days (`known-places.ts`), a pace is
 * sudden at four times the most ever (`sudden-pace.ts`). Source: Witten, Bell 1991; margins measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: a proxy hides the thief, and who works from the agent's own place at the agent's own pace, or with a
 * token of his own from beside it with the same client, shows nothing here; agents that really roam with one
 * token are told once a place. A declared change of network (`config_change` of `network/…`) covers the place
 * and not the moved token. One token in the hands of two agents is seen where agents meet
 * (`assembly/count-credentials.ts`).
 */
import { type AuditEvent, epochMs, type RegistryAgent, type Severity } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { shorten } from '../short-text.ts';
import { keepStrange, type PlaceSigns, placeSigns } from './credential-place.ts';
import { credentialCause, type Finding, type FindingRule, finding, nameOf } from './finding.ts';
import {
  independent,
  PLACE_SIGNS,
  placeText,
  type Sign,
  type SignKind,
  signsSaid,
  signTexts,
  timeOf,
  withLatest,
} from './stolen-signs.ts';
import { paceOf } from './sudden-pace.ts';
import type { Use } from './token-uses.ts';

/** A story that had no further sign for so long is over. */
const STORY_MS = 86_400_000;

interface Story {
  /** The place where it began, else the call: who comes back there comes back into the one alert. */
  readonly key: string;
  readonly lastMs: number;
  /** The first of each kind, with what is counted as it was when it had doubled last. */
  readonly signs: readonly Sign[];
  readonly moved?: { readonly severity: Severity; readonly before: Use };
  readonly network?: string;
  readonly client?: string;
  /** A call of it told no place. */
  readonly isPlaceless?: true;
}

function movedSeverity({ movedNetwork, movedClient, isUnseen }: PlaceSigns): Severity {
  return (movedNetwork && movedClient) || isUnseen ? 'high' : 'medium';
}

/** The strange places of a call. */
function placesOf(place: PlaceSigns | undefined): Pick<Story, 'network' | 'client'> {
  if (place === undefined) return {};
  const { use, strangeNetwork, movedNetwork, strangeClient, movedClient } = place;
  const { network, client } = use;
  return {
    ...(network !== undefined && (strangeNetwork || movedNetwork) ? { network } : {}),
    ...(client !== undefined && (strangeClient || movedClient) ? { client } : {}),
  };
}

function keyOf(event: AuditEvent, { network, client }: Pick<Story, 'network' | 'client'>): string {
  if (network === undefined && client === undefined) return event.event_id;
  return `place|${network ?? ''}|${client ?? ''}`;
}

/** The story with what this call shows; undefined where it shows nothing. */
function told(
  draft: Draft,
  event: AuditEvent,
  registered: RegistryAgent | undefined,
): Story | undefined {
  const pace = paceOf(draft, event);
  const place = placeSigns(draft, event, pace.isSettled, registered);
  const texts = signTexts(event, place, pace);
  if (texts.length === 0) return undefined;
  const stateKey = agentKey(event, 'stolen');
  const last = draft.get<Story>(stateKey);
  const ms = epochMs(event.event_time);
  const open = last !== undefined && ms - last.lastMs <= STORY_MS ? last : undefined;
  const known = (open?.signs ?? []).map((sign) => withLatest(sign, texts));
  const fresh = texts
    .filter(([kind]) => known.every((one) => one.kind !== kind))
    .map(([kind, text, n]): Sign => {
      const assurance = decisiveAssurance(event);
      const counted = n === undefined ? {} : { n };
      return { kind, text, ...counted, eventId: event.event_id, at: event.event_time, assurance };
    });
  const { before } = place ?? {};
  const moved =
    open?.moved ??
    (place === undefined || before === undefined
      ? undefined
      : { severity: movedSeverity(place), before });
  const where = placesOf(place);
  const { network, client } = open ?? {};
  const story: Story = {
    ...where,
    key: open?.key ?? keyOf(event, where),
    lastMs: Math.max(open?.lastMs ?? ms, ms),
    signs: [...known, ...fresh],
    ...(moved === undefined ? {} : { moved }),
    ...(network === undefined ? {} : { network }),
    ...(client === undefined ? {} : { client }),
    ...(event.src === undefined || open?.isPlaceless === true ? { isPlaceless: true } : {}),
  };
  draft.put(stateKey, story);
  return story;
}

function severityOf({ signs, moved }: Story): Severity {
  if (moved === undefined) {
    return independent(signs) >= 3 ? 'high' : 'medium';
  }
  const others = signs.filter(({ kind }) => kind === 'model' || kind === 'speed').length;
  if (others === 2) return 'critical';
  return others > 0 ? 'high' : moved.severity;
}

function titleOf(who: string, { signs, moved }: Story): string {
  const has = (kind: SignKind) => signs.some((one) => one.kind === kind);
  const besides = [
    ...(has('model') ? ['model calls'] : []),
    ...(has('speed') ? ['machine speed'] : []),
  ];
  const places = ['network', 'client'].filter((kind) => signs.some((one) => one.kind === kind));
  if (moved === undefined) {
    const does = has('acts') ? ['acts from there'] : has('stays') ? ['keeps calling'] : [];
    const acts = besides.length > 0 ? [] : does;
    const all = [...places.map((one) => `new ${one}`), ...acts, ...besides];
    // Calls from there are counted for as long as the place is strange.
    const when = acts.includes('keeps calling') ? '' : ' within a day';
    return `${who}: ${all.join(', ')}${when}`;
  }
  const what = besides.length === 0 ? '' : `, with ${besides.join(' and ')}`;
  return `A credential of ${who} is used from another place${what}`;
}

function unseenOf({ moved, signs }: Story): readonly string[] {
  return [
    'Who held it in between is not visible; a proxy in between looks the same.',
    ...(moved === undefined && signs.some(({ kind }) => PLACE_SIGNS.has(kind))
      ? ['Whether somebody moved the agent is not visible: no change of its network was declared.']
      : []),
    ...(signs.every(({ kind }) => !PLACE_SIGNS.has(kind))
      ? ['From where it was called is not told.']
      : []),
  ];
}

function describe(event: AuditEvent, story: Story): Finding {
  const who = nameOf(event);
  const { signs, moved, key } = story;
  const said = signsSaid(signs);
  const since = signs.map((one) => one.at).sort()[0] ?? event.event_time;
  const before = moved?.before;
  const earlier = signs.filter((one) => one.eventId !== event.event_id);
  const places = signs.filter(({ kind }) => kind === 'network' || kind === 'client');
  return finding({
    kind: 'credential_misuse',
    ruleId: 'stolen-credential',
    threshold: 'learned',
    severity: severityOf(story),
    dedupeKey: key,
    title: shorten(titleOf(who, story), 90),
    summary: `Since ${since.slice(0, 10)} ${timeOf(since)} UTC somebody else seems to hold a key of ${who}: ${said}.`,
    expected:
      before === undefined
        ? 'the networks, clients and pace of its history'
        : `where it was used before: ${placeText(before, { network: true, client: true })}`,
    observed: said,
    evidence: [
      ...(before === undefined
        ? []
        : [{ eventId: before.eventId, role: 'earlier_use', assurance: before.assurance }]),
      ...earlier.map(({ eventId, kind, assurance }) => ({
        eventId,
        role: `sign_${kind}`,
        assurance,
      })),
    ],
    notVisible: unseenOf(story),
    // Agents that turn up in one new place at once were moved by one hand.
    causeKey:
      moved === undefined && places.length > 0
        ? `place|${places.map((one) => one.text).join('|')}`
        : credentialCause(event),
    retells: true,
    // The token that is used now is the one to take away.
    renews: true,
    quarantines: true,
    taxonomy: { owasp: ['ASI03'], attack: ['T1528', 'T1550.001'] },
  });
}

/** Enough for an alert: a move, a place and another sign, or a flood of which no place is known. */
function isEnough({ moved, signs, isPlaceless }: Story): boolean {
  if (moved !== undefined) return true;
  const has = (kind: SignKind) => signs.some((one) => one.kind === kind);
  const isPlace = signs.some(({ kind }) => PLACE_SIGNS.has(kind));
  return isPlace ? independent(signs) >= 2 : isPlaceless === true && has('flood') && has('speed');
}

export const stolenCredential: FindingRule = (draft, event, { registered }) => {
  const story = told(draft, event, registered);
  if (story === undefined || !isEnough(story)) return undefined;
  keepStrange(draft, event, story);
  return describe(event, story);
};
