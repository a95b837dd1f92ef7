/** What became of one command, in two sentences at most, no stronger than its state. */
import { epochMs } from '@waywarden/schemas';
import type { ContainmentState, DeniedBy, KnownState, ReceiverState } from './containment-model.ts';
import { UNTIED_WORDS } from './containment-model.ts';
import {
  type ContainmentParts,
  FAILED,
  reportedDenial,
  type Seen,
  stillEnforcing,
} from './containment-parts.ts';
import { actionWords, clockOf, listOf, plural, reportsOnly, shortName } from './words.ts';

const BECAUSE: Readonly<Record<DeniedBy, string>> = {
  this: ' because of it',
  unnamed: '; the record of that refusal names no order',
};

function undoneWords(parts: ContainmentParts): string {
  const { undo } = parts;
  if (undo === null) return 'it was restored since';
  const by = listOf(undo.approvals.map((one) => one.by));
  const who = undo.initiating_entity === 'admin' && by !== '' ? ` by ${by}` : '';
  return `it was restored at ${clockOf(undo.issued_at)}${who}`;
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

/** A receiver that tells of tokens longer than any may live is not believed, and that is said. */
function unconfirmedWords(
  parts: ContainmentParts,
  { so, who, unseen }: { readonly so: string; readonly who: string; readonly unseen: string },
): string {
  const unwatched = parts.known?.unwatched_since;
  if (unwatched != null) {
    return `${so}. Unconfirmed: ${who} has so many orders at once that since ${clockOf(unwatched)} no call is held against this one.`;
  }
  const untied = parts.known?.untied;
  if (untied != null) {
    const shown = untied.credential === null ? '' : ` with credential ${untied.credential}`;
    return `${so}. Unconfirmed: at ${clockOf(untied.at)} ${shortName(untied.by)} made a call${shown} ${UNTIED_WORDS[untied.why]}.`;
  }
  const doubted = parts.known?.doubted_until;
  if (doubted != null) {
    return `${so}. Unconfirmed: a receiver says that tokens of ${who} stay usable until ${dayOf(doubted)}, longer than credentials of its class live.${askedInVain(parts)}`;
  }
  return `${so}. Unconfirmed: ${unseen}, and nothing shows that one would have been.${askedInVain(parts)}`;
}

const dayOf = (at: string) => `${at.slice(0, 10)} ${clockOf(at)}`;

/** Who has not done it: they said so, or must do it since the order. */
function failedWords(
  { command, known }: ContainmentParts,
  states: readonly ReceiverState[],
  ordered: string,
): string {
  const late = known?.not_asked ?? [];
  if (late.length > 0) {
    return `${ordered}, but since then ${listOf(late)} must apply it too, and has not. It is not contained: order it again.`;
  }
  const bad = states.filter((one) => FAILED.has(one.state));
  const answers = listOf(bad.map((one) => `${one.receiver} answered "${one.state}"`));
  return `${ordered}, but ${answers}. ${reportsOnly(command.action) ? 'It was not done.' : 'It is not contained.'}`;
}

/** Two sentences at most: what was ordered and what is known of it. */
export function sentenceOf(
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
  const reported = reportedDenial(parts);
  const unseen = seen.isRefusedOtherwise
    ? `a later call of ${who} was refused on another ground, which tells nothing of this order`
    : `no later call of ${who} was seen`;
  const again = parts.known?.re_mintable === true ? ' A new token would still be given.' : '';
  switch (state) {
    case 'delivered':
      return `${ordered}; it arrived, and no receiver has said what it did.`;
    case 'usable_until':
      return `${ordered}; ${done}, but tokens that are checked offline stay usable until ${clockOf(parts.known?.usable_until ?? '')}.`;
    case 'carried_out':
      return `${ordered}; ${done}. It takes no access away.`;
    case 're_mintable':
      return `${ordered}; ${done}. No issuer has blocked new tokens, so ${who} could be given another one.`;
    case 'contained':
      return `${ordered}; ${done}. Not confirmed yet: ${unseen}.`;
    case 'unconfirmed':
      return unconfirmedWords(parts, { so: `${ordered}; ${done}`, who, unseen });
    case 'confirmed':
      if (seen.denied === null && reported !== null) {
        return `${ordered}; ${done}, and a later call of ${who} was denied at ${clockOf(reported.at)}${reported.isByOrder ? BECAUSE.this : ''}.${again}`;
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
      if (parts.known?.used_by_other != null) {
        const { by, at, credential } = parts.known.used_by_other;
        return `${ordered}; ${done}, but ${shortName(by)} got through with credential ${credential} at ${clockOf(at)}. It is not revoked everywhere.`;
      }
      return `${ordered}; ${done}, but ${who} still made a call at ${clockOf(seen.leaked?.at ?? '')}. It is not contained.`;
    case 'applied':
      return `${ordered}; ${done}. Not confirmed yet: ${unseen}.`;
    case 'accepted':
      return `${ordered}; it was accepted and is not applied yet.`;
    case 'failed':
      return failedWords(parts, states, ordered);
    case 'expired':
      return `${ordered}; it ended at ${clockOf(command.expires_at)}.`;
    case 'restored':
      return `${ordered}; ${undoneWords(parts)}.`;
    case 'restoring':
      return `${ordered}; ${undoneWords(parts)}, but ${listOf(stillEnforcing(parts, states))} has not said so yet, and may still refuse calls.`;
    case 'issued':
      return command.receivers.length === 0
        ? `${ordered}, but no receiver is registered, so nothing carries it out.`
        : `${ordered}; no receipt yet from ${listOf(command.receivers)}.`;
  }
}
