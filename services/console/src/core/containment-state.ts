/**
 * What became of one command, said no stronger than it is proven: sent is not applied, applied is
 * not confirmed. Only a later call of the same subject that was denied confirms a containment, and
 * one that went through refutes it, whatever the receiver said.
 *
 * "Applied" needs every receiver that the command names; a command that names none never is. The
 * calls given are those of the subject; which of them counts is decided here. Where the responder runs
 * beside the page it knows of receipts and refusals before the store has them: its word fills what the
 * store still lacks, so that "confirmed" never stands there without the call that confirmed it.
 */
import { epochMs, type Receipt, type RevocationCommand } from '@waywarden/schemas';
import type {
  ClockStep,
  Containment,
  ContainmentState,
  DeniedBy,
  EventRow,
  KnownState,
  ReceiverState,
} from './view-model.ts';
import { actionWords, clockOf, listOf, plural, shortName } from './words.ts';

export interface ContainmentParts {
  readonly command: RevocationCommand;
  readonly alertTitle: string;
  /** The call on which the alert rests last, and when the alert was first there; null: unknown. */
  readonly event: { readonly event_id: string; readonly at: string } | null;
  readonly alertAt: string | null;
  readonly receipts: readonly Receipt[];
  /** What receivers said of the undo. */
  readonly undoReceipts: readonly Receipt[];
  /** Calls of the subject since the command, any order. */
  readonly calls: readonly EventRow[];
  /** What the record of a denied call names as the ground of the refusal, by event id. */
  readonly grounds: ReadonlyMap<string, string>;
  /** The command that takes it back; null: none does. */
  readonly undo: RevocationCommand | null;
  /** What the responder itself says; null where it runs elsewhere. Receipts and calls alone then speak. */
  readonly known: KnownState | null;
  readonly asOf: string;
}

const FAILED: ReadonlySet<string> = new Set(['failed', 'unsupported', 'partial', 'expired']);

/** Nothing to give back: it was never done. */
const NEVER_DID: ReadonlySet<string> = new Set(['failed', 'unsupported', 'expired']);

const timeOf = (receipt: Receipt): string | null =>
  receipt.applied_at ?? receipt.received_at ?? null;

/** The last receipt of each receiver stands; one that was named and is silent is waited for. */
function receiversOf({ command, receipts, known }: ContainmentParts): readonly ReceiverState[] {
  const last = new Map<string, Receipt>();
  for (const receipt of receipts) last.set(receipt.receiver, receipt);
  const names = [...new Set([...command.receivers, ...last.keys()])].sort();
  return names.map((receiver) => {
    const receipt = last.get(receiver);
    const told = known?.receivers.find((one) => one.receiver === receiver);
    if (receipt === undefined && told !== undefined) return told;
    return {
      receiver,
      state: receipt?.state ?? 'waiting',
      at: receipt === undefined ? null : timeOf(receipt),
      usable_until: receipt?.usable_until ?? null,
      detail: receipt?.detail ?? receipt?.error ?? '',
    };
  });
}

/** When the last named receiver had applied it; null while one has not. */
function appliedAt(command: RevocationCommand, states: readonly ReceiverState[]): string | null {
  const required = states.filter((one) => command.receivers.includes(one.receiver));
  if (required.length === 0 || required.some((one) => one.state !== 'applied')) return null;
  const times = required.flatMap((one) => one.at ?? []);
  return times.toSorted((a, b) => epochMs(a) - epochMs(b)).at(-1) ?? null;
}

/** The first refusal as the responder's journal has it, where the store has none yet. */
interface ToldDenial {
  readonly at: string;
  readonly event_id: string;
  readonly because: string;
}

function toldDenial({ known }: ContainmentParts): ToldDenial | null {
  if (known?.denied == null) return null;
  const { at, event_id, by_order } = known.denied;
  return { at, event_id, because: by_order ? BECAUSE.this : '' };
}

interface Seen {
  readonly denied: EventRow | null;
  readonly deniedBy: DeniedBy | null;
  /** Nothing of the subject went through between the order and the refusal. */
  readonly isNext: boolean;
  readonly leaked: EventRow | null;
}

function deniedBy({ command, grounds }: ContainmentParts, denied: EventRow): DeniedBy {
  const ground = grounds.get(denied.event_id);
  if (ground === undefined) return 'unnamed';
  return ground === command.command_id ? 'this' : 'other';
}

function seenAfter(parts: ContainmentParts, applied: string | null): Seen {
  const { command } = parts;
  const calls = parts.calls.toSorted((a, b) => epochMs(a.at) - epochMs(b.at));
  const since = (time: string) => calls.filter((call) => epochMs(call.at) > epochMs(time));
  const later = since(command.issued_at);
  const refused = later.filter((call) => call.outcome === 'denied');
  // One that names the order proves it; without such a one the first stands for what was seen.
  const denied = refused.find((call) => deniedBy(parts, call) === 'this') ?? refused[0] ?? null;
  const leaked =
    applied === null || command.drain === 'leave'
      ? null
      : (since(applied).find((call) => call.outcome === 'success') ?? null);
  return {
    denied,
    deniedBy: denied === null ? null : deniedBy(parts, denied),
    isNext: denied !== null && later[0]?.event_id === denied.event_id,
    leaked,
  };
}

const BECAUSE: Readonly<Record<DeniedBy, string>> = {
  this: ' because of it',
  other: '; the record of that refusal names another ground',
  unnamed: '; the record of that refusal names no order',
};

function gaveBack({ undoReceipts, known }: ContainmentParts): ReadonlySet<string> {
  const said = undoReceipts.filter((one) => one.state === 'applied').map((one) => one.receiver);
  return new Set([...said, ...(known?.given_back ?? [])]);
}

/** Who was asked, has not refused and has not said that they gave it back: they may enforce it still. */
function stillEnforcing(
  parts: ContainmentParts,
  states: readonly ReceiverState[],
): readonly string[] {
  if (parts.undo === null || epochMs(parts.undo.expires_at) <= epochMs(parts.asOf)) return [];
  const back = gaveBack(parts);
  return states
    .filter((one) => !NEVER_DID.has(one.state) && !back.has(one.receiver))
    .map((one) => one.receiver);
}

function undoneWords(parts: ContainmentParts): string {
  const { undo } = parts;
  if (undo === null) return 'it was taken back since';
  const by = listOf(undo.approvals.map((one) => one.by));
  const who = undo.initiating_entity === 'admin' && by !== '' ? ` by ${by}` : '';
  return `it was taken back at ${clockOf(undo.issued_at)}${who}`;
}

function stateOf(
  parts: ContainmentParts,
  states: readonly ReceiverState[],
  applied: string | null,
  seen: Seen,
): ContainmentState {
  if (parts.known !== null) return parts.known.state;
  if (parts.undo !== null) {
    return stillEnforcing(parts, states).length > 0 ? 'restoring' : 'restored';
  }
  if (seen.leaked !== null) return 'leaked';
  if (applied !== null && seen.denied !== null) return 'confirmed';
  if (states.some((one) => FAILED.has(one.state))) return 'failed';
  if (epochMs(parts.command.expires_at) <= epochMs(parts.asOf)) return 'expired';
  if (applied !== null) return 'applied';
  return states.some((one) => one.state === 'accepted') ? 'accepted' : 'issued';
}

function between(from: string | null, to: string | null): string {
  if (from === null || to === null) return '';
  const ms = epochMs(to) - epochMs(from);
  if (ms < 0) return '';
  return ms < 1000 ? ` ${Math.round(ms)} ms later` : ` ${(ms / 1000).toFixed(1)} s later`;
}

/** What the subject still did between the order and its being applied: an order takes time. */
function meanwhileWords({ command, calls }: ContainmentParts, applied: string | null): string {
  if (applied === null) return '';
  const through = calls.filter(
    ({ at, outcome }) =>
      outcome === 'success' &&
      epochMs(at) > epochMs(command.issued_at) &&
      epochMs(at) <= epochMs(applied),
  ).length;
  if (through === 0) return '';
  return `, while ${plural(through, 'more call')} of ${shortName(command.target.agent_uid)} went through`;
}

function probedWords({ by, at, own }: NonNullable<KnownState['probed']>, who: string): string {
  const itself = own ? ', which applied it itself,' : '';
  return `${by}${itself} was asked, tried it as ${who} at ${clockOf(at)} and was refused.`;
}

function askedInVain({ known }: ContainmentParts): string {
  const times = known?.probe_asked ?? 0;
  return times === 0 ? '' : ` Asked ${plural(times, 'time')} whether it holds, nobody could tell.`;
}

/** Two sentences at most: what was ordered and what is known of it. */
function sentenceOf(
  parts: ContainmentParts,
  state: ContainmentState,
  states: readonly ReceiverState[],
  applied: string | null,
  seen: Seen,
): string {
  const { command } = parts;
  const what = actionWords(command.action, command.target);
  const ordered = `At ${clockOf(command.issued_at)} Waywarden ordered to ${what}`;
  const who = shortName(command.target.agent_uid);
  const names = listOf(states.filter((one) => one.state === 'applied').map((one) => one.receiver));
  const done = `${names} applied it${between(command.issued_at, applied)}${meanwhileWords(parts, applied)}`;
  const told = toldDenial(parts);
  const again = parts.known?.re_mintable === true ? ' A new token would still be given.' : '';
  switch (state) {
    case 'delivered':
      return `${ordered}; it arrived, and no receiver has said what it did.`;
    case 'usable_until':
      return `${ordered}; ${done}, but tokens that are checked offline stay usable until ${clockOf(parts.known?.usable_until ?? '')}.`;
    case 're_mintable':
      return `${ordered}; ${done}. No issuer has blocked new tokens, so ${who} could be given another one.`;
    case 'contained':
      return `${ordered}; ${done}. Not confirmed yet: no later call of ${who} was seen.`;
    case 'unconfirmed':
      return `${ordered}; ${done}. Unconfirmed: no later call of ${who} was seen, and nothing shows that one would have been.${askedInVain(parts)}`;
    case 'confirmed':
      if (seen.denied === null && told !== null) {
        return `${ordered}; ${done}, and a later call of ${who} was denied at ${clockOf(told.at)}${told.because}.${again}`;
      }
      if (seen.denied === null && parts.known?.probed != null) {
        return `${ordered}; ${done}. ${probedWords(parts.known.probed, who)}${again}`;
      }
      if (seen.denied === null && parts.known?.quiet_until == null) {
        return `${ordered}; ${done}, and a later call of ${who} was denied.${again}`;
      }
      if (seen.denied === null) {
        return `${ordered}; ${done}, and ${who} was silent until ${clockOf(parts.known?.quiet_until ?? '')}, while others were heard from the same source.${again}`;
      }
      return `${ordered}; ${done}, and ${seen.isNext ? `${who}’s next call` : `a later call of ${who}`} was denied at ${clockOf(seen.denied?.at ?? '')}${BECAUSE[seen.deniedBy ?? 'unnamed']}.${again}`;
    case 'leaked':
      if (seen.leaked === null && parts.known?.probe_leak != null) {
        const { by, at } = parts.known.probe_leak;
        return `${ordered}; ${done}, but ${by} was asked, tried it as ${who} at ${clockOf(at)} and would have got through. It is not contained.`;
      }
      return `${ordered}; ${done}, but ${who} still made a call at ${clockOf(seen.leaked?.at ?? '')}. It is not contained.`;
    case 'applied':
      return `${ordered}; ${done}. Not confirmed yet: no later call of ${who} was seen.`;
    case 'accepted':
      return `${ordered}; it was accepted and is not applied yet.`;
    case 'failed': {
      const bad = states.filter((one) => FAILED.has(one.state));
      return `${ordered}, but ${listOf(bad.map((one) => `${one.receiver} answered "${one.state}"`))}. It is not contained.`;
    }
    case 'expired':
      return `${ordered}; it ended at ${clockOf(command.expires_at)}.`;
    case 'restored':
      return `${ordered}; ${undoneWords(parts)}, and access was given again.`;
    case 'restoring':
      return `${ordered}; ${undoneWords(parts)}, but ${listOf(stillEnforcing(parts, states))} has not said so yet, and may still refuse calls.`;
    case 'issued':
      return command.receivers.length === 0
        ? `${ordered}, but no receiver is registered, so nothing carries it out.`
        : `${ordered}; no receipt yet from ${listOf(command.receivers)}.`;
  }
}

export function containmentOf(parts: ContainmentParts): Containment {
  const { command, event, alertAt } = parts;
  const receivers = receiversOf(parts);
  const applied = appliedAt(command, receivers);
  const seen = seenAfter(parts, applied);
  const state = stateOf(parts, receivers, applied, seen);
  const denial = seen.denied ?? toldDenial(parts);
  const clock: readonly ClockStep[] = [
    { step: 'event', at: event?.at ?? null, event_id: event?.event_id ?? null },
    { step: 'alert', at: alertAt, event_id: null },
    { step: 'command', at: command.issued_at, event_id: null },
    { step: 'receipt', at: applied, event_id: null },
    { step: 'denial', at: denial?.at ?? null, event_id: denial?.event_id ?? null },
  ];
  return {
    command,
    alert_title: parts.alertTitle,
    state,
    by_silence: state === 'confirmed' && denial === null && parts.known?.quiet_until != null,
    by_probe: state === 'confirmed' && denial === null && parts.known?.probed != null,
    re_mintable: parts.known?.re_mintable ?? null,
    sentence: sentenceOf(parts, state, receivers, applied, seen),
    receivers,
    clock,
    denied: seen.denied,
    denied_by_order: seen.deniedBy,
    leaked: seen.leaked,
  };
}
