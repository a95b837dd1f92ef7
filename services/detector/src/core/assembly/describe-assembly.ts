/**
 * An assembly in words: a headline that names who, what and against what, and at most three
 * sentences, in the manner of `console.md`. No terms of ours, numbers with their base, and what
 * could not be seen said apart.
 */
import type { ChainStep } from './chain-step.ts';
import type { CompiledCombination } from './compile-combination.ts';
import type { Proof } from './find-proof.ts';
import type { Verdict } from './judge-proof.ts';
import type { ProofStep } from './proof-route.ts';
import { ATTEMPTED } from './step-match.ts';

const TITLE_LENGTH_MAX = 90;
const SUMMARY_LENGTH_MAX = 2000;

const DEEDS: Readonly<Record<string, string>> = {
  'ingest:untrusted': 'took in outside text',
  'read:personal': 'read personal data',
  'read:financial': 'read financial data',
  'read:secret': 'read a secret',
  'read:source_code': 'read source code',
  'read:internal': 'read internal data',
  'read:directory': 'read the directory',
  'read:memory': 'read memory',
  'send:external': 'sent data outside',
  'publish:public': 'published',
  'write:memory': 'wrote memory',
  'write:source_code': 'wrote source code',
  'write:config': 'changed configuration',
  'exec:shell': 'ran a shell command',
  'exec:code': 'ran code',
  'create:payee': 'added a payee',
  'initiate:payment': 'initiated a payment',
  'approve:payment': 'approved a payment',
  'create:credential': 'created a credential',
  'create:identity': 'created an identity',
  'grant:access': 'granted access',
  'approve:change': 'approved a change',
  'deploy:production': 'deployed to production',
  'disable:logging': 'disabled logging',
  'delete:data': 'deleted data',
  'delete:backup': 'deleted a backup',
  'modify:agent': 'changed an agent',
  'impersonate:user': 'acted as a person',
  'send:internal': 'sent data inside',
  'write:data': 'wrote data',
  'browse:web': 'read the web',
};
const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

/** The last part of a uid is how people call an agent: `spiffe://…/agent/invoice-bot`. */
export function shortName(uid: string): string {
  const parts = uid.split(/[/#]/).filter((part) => part !== '');
  return parts.at(-1) ?? uid;
}

export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  // Between words where there are any: half a word reads like a mistake.
  const space = cut.lastIndexOf(' ');
  return `${space > max / 2 ? cut.slice(0, space) : cut}…`;
}

function deed({ symbols }: ProofStep): string {
  const symbol = symbols[0] ?? '';
  const plain = symbol.split('@', 1)[0] ?? symbol;
  if (plain.startsWith(ATTEMPTED)) {
    return `tried in vain to ${plain.slice(ATTEMPTED.length).replace(/[:_]/g, ' ')}`;
  }
  return DEEDS[plain] ?? `did ${plain}`;
}

function listOf(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** What the completing call acted on, as short as it can be said. */
function against(call: ChainStep): string {
  const { target, tool } = call.wire;
  const name = target?.resource_id ?? target?.system ?? tool?.server ?? tool?.name;
  return name === undefined ? '' : ` (${shorten(shortName(name), 24)})`;
}

export function titleOf(proof: Proof, verdict: Verdict): string {
  const { contributors } = verdict;
  const count = contributors.length;
  const first = contributors[0];
  const { workflow } = proof.completing.wire;
  const many = `${NUMBERS[count] ?? count} agents${workflow === undefined ? '' : ` of ${shorten(workflow, 24)}`} together`;
  const who = count === 1 && first ? shorten(shortName(first.agent), 32) : many;
  const deeds = [...new Set(proof.steps.map(deed))];
  const what = listOf(deeds);
  // What was done is worth more than where: of what is too long, the place goes first.
  const without = count === 1 ? who : `${NUMBERS[count] ?? count} agents together`;
  const titles = [`${who} ${what}${against(proof.completing)}`, `${who} ${what}`];
  return (
    titles.find((title) => title.length <= TITLE_LENGTH_MAX) ??
    shorten(`${without} ${what}`, TITLE_LENGTH_MAX)
  );
}

const clock = (step: ChainStep) => step.wire.event_time.slice(11, 19);

function story(proof: Proof): string {
  return listOf(
    proof.steps.map((one) => {
      const { wire } = one.event;
      const how = wire.tool === undefined ? '' : ` by ${shorten(wire.tool.name, 48)}`;
      const perhaps = wire.exercise === 'possibly' ? ' (perhaps: its outcome is unknown)' : '';
      return `${shorten(shortName(wire.agent_uid), 48)} ${deed(one)}${how} at ${clock(one.event)}${perhaps}`;
    }),
  );
}

function grantsSentence(verdict: Verdict, steps: number): string {
  const { contributors, holder } = verdict;
  if (holder !== null) {
    return `${shorten(shortName(holder), 48)} alone is granted all ${steps} steps of it, more than one agent should hold.`;
  }
  const unknown = contributors.filter((one) => one.granted === null).length;
  const asked = unknown === 0 ? '' : `; the grant of ${unknown} of them is unknown`;
  if (contributors.length === 1) {
    return `Its grant does not contain all ${steps} steps${unknown === 0 ? '' : '; in fact its grant is unknown'}.`;
  }
  return `None of the ${contributors.length} agents is granted all ${steps} steps${asked}.`;
}

export function summaryOf(
  proof: Proof,
  verdict: Verdict,
  combination: CompiledCombination,
): string {
  const completer = shorten(shortName(proof.completing.wire.agent_uid), 48);
  const relays = proof.connecting.length;
  const links = [...new Set(proof.links.map((link) => LINK_WORDS[link.via] ?? link.via))];
  const over = relays === 0 ? '' : `, over ${relays} connecting call${relays === 1 ? '' : 's'}`;
  return shorten(
    `${story(proof)}. ${grantsSentence(verdict, combination.steps.length)} ${completer} completed it; the calls are linked by ${listOf(links)}${over}.`,
    SUMMARY_LENGTH_MAX,
  );
}

const LINK_WORDS: Readonly<Record<string, string>> = {
  secret_use: 'the use of a secret that was read',
  delegation: 'hand-over',
  data_flow: 'a value that went from one to the other',
  resource: 'a resource that one wrote and the other read',
  grantee: 'access that one gave to the other',
  same_object: 'the object that both acted on',
  derived_credential: 'a credential that was derived from the other’s',
  context: 'what one agent had in its context',
};
