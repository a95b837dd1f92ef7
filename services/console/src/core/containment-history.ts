/** What happened to one order, in order of time: given, answered by receivers, held against calls, undone, ended. */
import { epochMs, type Receipt, type RevocationCommand } from '@waywarden/schemas';
import type { Containment, HistoryLine } from './containment-model.ts';
import { listOf, shortName } from './words.ts';

const ANSWERED: Readonly<Record<Receipt['state'], string>> = {
  accepted: 'accepted it',
  applied: 'applied it',
  partial: 'applied a part of it',
  unsupported: 'can’t carry it out',
  failed: 'failed',
  expired: 'let it expire',
};

/** Whoever of the policy, a person or Waywarden itself commanded it. */
function givenBy({ initiating_entity: who, approvals }: RevocationCommand): string {
  const people = listOf(approvals.map(({ by }) => by));
  if (who === 'admin') return people === '' ? 'a person' : people;
  const agreed = people === '' ? '' : `, with the approval of ${people}`;
  return `${who === 'policy' ? 'the policy' : 'Waywarden itself'}${agreed}`;
}

const answerOf = (receipt: Receipt, of: string): HistoryLine => ({
  at: receipt.received_at ?? receipt.applied_at ?? '',
  what: `${receipt.receiver} ${ANSWERED[receipt.state]}${of}`,
  detail: receipt.detail ?? receipt.error ?? '',
});

function callLines({ denied, leaked, command }: Containment): readonly HistoryLine[] {
  const who = shortName(command.target.agent_uid);
  return [
    ...(denied === null
      ? []
      : [{ at: denied.at, what: `a call of ${who} was denied`, event_id: denied.event_id }]),
    ...(leaked === null
      ? []
      : [{ at: leaked.at, what: `a call of ${who} went through`, event_id: leaked.event_id }]),
  ].map((line) => ({ ...line, detail: '' }));
}

export interface ContainmentRecords {
  readonly containment: Containment;
  readonly receipts: readonly Receipt[];
  readonly undo: RevocationCommand | undefined;
  readonly asOf: string;
}

export function containmentHistory(records: ContainmentRecords): readonly HistoryLine[] {
  const { containment, receipts, undo, asOf } = records;
  const { command } = containment;
  const answers = receipts.map((one) =>
    answerOf(one, one.command_id === undo?.command_id ? ', the restore' : ''),
  );
  const ended = epochMs(command.expires_at) <= epochMs(asOf) && undo === undefined;
  const lines = [
    { at: command.issued_at, what: `commanded by ${givenBy(command)}`, detail: command.reason },
    ...answers,
    ...callLines(containment),
    ...(undo === undefined
      ? []
      : [{ at: undo.issued_at, what: `restored by ${givenBy(undo)}`, detail: undo.reason }]),
    ...(ended ? [{ at: command.expires_at, what: 'ended by itself', detail: '' }] : []),
  ];
  return lines.filter(({ at }) => at !== '').toSorted((a, b) => epochMs(a.at) - epochMs(b.at));
}
