/**
 * The story of a stolen key as one alert: signs that each mean little are joined over a day, and the
 * alert is told anew with each sign that comes to it. A token that was used from one network or by one
 * client and is used from another is told at once: it was issued to a place; gravely where the agent's history makes that
 * improbable, or another sign comes to it, and not where its tokens move by habit (`token-moves.ts`). Else two signs are needed, and
 * one of them a place: a network or a client where this agent never was; that it acts from there, or keeps
 * calling, where that place is unlikely of it; the model called out of nothing; calls at a machine's speed.
 * Of calls that show no place at all, a flood of the model at a machine's speed is enough.
 *
 * A place that comes to a story within a day is named in its alert; one that comes later, though the story still
 * stands, is an alert of its own, unless the key roams (`roaming.ts`). Rejected: a story that lasts as long as signs come, which hid a thief behind an agent
 * that roams. A verdict settles nothing here: what was found harmless was one place of one day.
 *
 * Rejected: an alert for each sign. A new network beside its own is a migration, a burst alone a busy day.
 *
 * Method: signs joined over a day; a place is unlikely by Witten–Bell over days (`known-places.ts`), a pace is
 * sudden at four times the most ever (`sudden-pace.ts`). Source: Witten, Bell 1991; margins measured on fleets
 * (docs/measurements/fleet.md).
 * Agents whose every run is a new uid have no places: of moved tokens their workload is asked beside them, as one agent
 * (`workload-places.ts`).
 *
 * Limits: a proxy hides the thief, and who works from the agent's own place at the agent's own pace, or with a
 * token of his own from beside it with the same client, shows nothing here; agents that really roam with one
 * token are told once a place, or that they roam, until a month made it a habit. A declared change of network (`config_change` of `network/…`) covers the place
 * and not the moved token. One token in the hands of two agents is seen where agents meet
 * (`notes/count-credentials.ts`).
 */
import { type AuditEvent, epochMs, type Severity, severityAtLeast } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { shorten } from '../short-text.ts';
import { type PlaceOwner, type PlaceSigns, placeSigns } from './credential-place.ts';
import { credentialCause, type Finding, type FindingRule, finding, nameOf } from './finding.ts';
import { LIGHT } from './known-places.ts';
import { areaOf } from './place-name.ts';
import {
  BESIDES,
  independent,
  PLACE_SIGNS,
  placeText,
  type Sign,
  type SignKind,
  signsSaid,
  signTexts,
  type Text,
  timeOf,
  withLatest,
} from './stolen-signs.ts';
import { beginningOf, type Story, severityOf, titleOf, unseenOf } from './stolen-story.ts';
import { paceOf } from './sudden-pace.ts';
import { keepStrange } from './told-places.ts';

/** A story to which nothing new came for so long is over: what is new then is a story of its own. */
const STORY_MS = 86_400_000;
const WORKLOAD_UNSEEN =
  'Its agents have no history of their own, so that their places are looked at together: which of them may be the thief’s own is not told by their names.';
/** Networks, and clients, that its text names; each was named when it came. */
const NAMED_MAX = 3;

/** One sign alone is grave only of an agent whose history makes it improbable. */
function movedSeverity({ isTwofold, isUnheardOf }: PlaceSigns): Severity {
  return isTwofold || isUnheardOf ? 'high' : 'medium';
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

/**
 * A move that says little is one case with those to other networks of the same area, which an operator hands out by
 * turns. A grave one is not: what is lighter and comes later must not be answered as gravely.
 */
function keyOf(event: AuditEvent, place: PlaceSigns | undefined): string {
  const { network, client } = placesOf(place);
  if (place === undefined || (network === undefined && client === undefined)) return event.event_id;
  if (place.before === undefined || movedSeverity(place) !== 'medium')
    return `place|${network ?? ''}|${client ?? ''}`;
  return `${LIGHT}${network === undefined ? '' : areaOf(network)}|${client ?? ''}`;
}

/** What is counted is no news, nor is what it did at a place that was told. */
function newsOf(event: AuditEvent, texts: readonly Text[], known: readonly Sign[], isNew: boolean) {
  const assurance = decisiveAssurance(event);
  return texts
    .filter(([kind, text]) =>
      known.every(
        (one) => one.kind !== kind || (isNew && PLACE_SIGNS.has(kind) && one.text !== text),
      ),
    )
    .map(([kind, text, n]): Sign => {
      const counted = n === undefined ? {} : { n };
      return { kind, text, ...counted, eventId: event.event_id, at: event.event_time, assurance };
    });
}

/** Of each kind the latest. */
const bounded = (signs: readonly Sign[]): readonly Sign[] =>
  signs.filter(
    ({ kind }, at) => signs.slice(at + 1).filter((one) => one.kind === kind).length < NAMED_MAX,
  );

/** The move that a story tells of with this call. */
function movedOf(open: Story | undefined, place: PlaceSigns | undefined, isNew: boolean) {
  const known = open?.moved;
  if (place?.before === undefined) return known;
  const severity = movedSeverity(place);
  const isGraver = known === undefined || severityAtLeast(severity, known.severity);
  return {
    severity: isGraver ? severity : known.severity,
    before: known === undefined || isNew ? place.before : known.before,
  };
}

interface Told {
  readonly story: Story;
  readonly place: PlaceSigns | undefined;
  /** Nothing of it is new: the case stands, and its text with it. */
  readonly isRepeat: boolean;
}

/** The story with what this call shows; undefined where it shows nothing. */
function told(draft: Draft, event: AuditEvent, owner: PlaceOwner): Told | undefined {
  const pace = paceOf(draft, event);
  const place = placeSigns(draft, event, pace.isSettled, owner);
  const texts = signTexts(event, place, pace);
  if (texts.length === 0) return undefined;
  // Of who roams by habit a further network opens no story and belongs to none.
  if (place?.anywhere === 'habit' && texts.every(([kind]) => kind === 'network')) return undefined;
  // How fast many agents are together says nothing of those that are where they belong.
  if (owner.isWorkload === true && place?.before === undefined) return undefined;
  const stateKey = agentKey(event, 'stolen');
  const last = draft.get<Story>(stateKey);
  const ms = epochMs(event.event_time);
  const inTime = last !== undefined && ms - last.lastMs <= STORY_MS ? last : undefined;
  const { toldIn } = place ?? {};
  const isOfOther = toldIn !== undefined && toldIn !== inTime?.key;
  const open = isOfOther ? undefined : inTime;
  const known = (open?.signs ?? []).map((sign) => withLatest(sign, texts));
  const isNew = toldIn === undefined && place !== undefined;
  const fresh = newsOf(event, texts, known, isNew);
  const isBeside = texts.some(([kind]) => BESIDES.has(kind));
  const isNews = isBeside || fresh.length > 0 || open === undefined;
  const moved = movedOf(open, place, isNew);
  const { network, client } = { ...open, ...placesOf(place) };
  const story: Story = {
    key: open?.key ?? toldIn ?? keyOf(event, place),
    lastMs: isNews ? Math.max(open?.lastMs ?? ms, ms) : (open?.lastMs ?? ms),
    signs: bounded([...known, ...fresh]),
    ...(moved === undefined ? {} : { moved }),
    ...(network === undefined ? {} : { network }),
    ...(client === undefined ? {} : { client }),
    ...(event.src === undefined || open?.isPlaceless === true ? { isPlaceless: true } : {}),
  };
  const isRepeat = isOfOther && !isBeside;
  // A visit to a place that stands told keeps no story open, and ends none.
  if (!isRepeat) draft.put(stateKey, story);
  return { story, place, isRepeat };
}

/** A light move that was told a week ago and goes on: when its agent works is no news of it. */
const isLongKnown = ({ story, place }: Told): boolean =>
  place?.hasStood === true && story.key.startsWith(LIGHT) && severityOf(story) === 'medium';

function describe(event: AuditEvent, found: Told): Finding {
  const { story, place, isRepeat } = found;
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
    summary: `Since ${since.slice(0, 10)} ${timeOf(since)} UTC ${beginningOf(who, story)}: ${said}.`,
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
    retells: !isRepeat,
    // The token that is used now is the one to take away.
    renews: true,
    ...(isRepeat && place?.anywhere === 'told' ? { isStanding: true } : {}),
    quarantines: isLongKnown(found) ? 'deeds' : true,
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

function judged(draft: Draft, event: AuditEvent, owner: PlaceOwner): Finding | undefined {
  const found = told(draft, event, owner);
  if (found === undefined || !isEnough(found.story)) return undefined;
  const isGrave = severityOf(found.story) !== 'medium';
  keepStrange(draft, event, { ...found.story, isGrave, moved: found.place });
  return describe(event, found);
}

export const stolenCredential: FindingRule = (draft, event, { registered }) =>
  judged(draft, event, { registered });

/** The same of all agents of a workload together: `call` as one of it. */
export function stolenOfWorkload(draft: Draft, call: AuditEvent): Finding | undefined {
  const found = judged(draft, call, { isWorkload: true });
  if (found === undefined) return undefined;
  const notVisible = [...found.alarm.notVisible, WORKLOAD_UNSEEN];
  return {
    ...found,
    reasons: found.reasons.map((one) => ({ ...one, level: 'workload' })),
    alarm: { ...found.alarm, notVisible },
  };
}
