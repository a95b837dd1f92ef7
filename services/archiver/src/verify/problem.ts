/** What `verify` finds: a bounded list, counted to the last one. */
const PROBLEM_CODES = [
  'log_damaged',
  'row_missing',
  'row_altered',
  'row_doubled',
  'row_without_record',
  'rows_of_one_event',
  'roll_up_differs',
  'roll_up_missing',
  'roll_up_unfounded',
  'revisions_broken',
  'evidence_missing',
  'decision_chain_broken',
  'command_without_decision',
  'command_missing',
  'command_target_incomplete',
  'command_sequence_broken',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface VerifyProblem {
  readonly code: ProblemCode;
  /** One sentence. */
  readonly what: string;
  /** `topic/partition/offset`, or `table: ids`. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  readonly what_to_do: string;
}

/** Kept of each code; all are counted. */
const STORED_MAX = 100;
/** What stands in a problem is for a person to read. */
const SHOWN_LENGTH_MAX = 400;

const WHAT_TO_DO: Readonly<Record<ProblemCode, string>> = {
  log_damaged:
    'Restore the log from a backup or a replica; do not append to it before that. The rows in the store are the remaining copy.',
  row_missing:
    'If an archiver is running behind, wait for it and verify again. Otherwise the row was deleted: archive the partition again from its start (a new state folder) and find out who deletes.',
  row_altered:
    'The log is the original. Delete the row, archive the partition again, and find out who can write to the store.',
  row_doubled:
    'An archiver inserts no record twice: find out who inserted, and which row is the record’s. OPTIMIZE TABLE … FINAL then leaves one.',
  row_without_record:
    'The log has no such record: either the log was cut off or restored from an older backup, or the row was invented. Compare with the source.',
  rows_of_one_event:
    'Two rows carry one id beyond the horizon of repeats: keep the one with the lower offset.',
  roll_up_differs:
    'Refresh the bucket from the raw rows (archive it again) and find out who writes.',
  roll_up_missing: 'Refresh the bucket; if an archiver is running, wait until it has been idle.',
  roll_up_unfounded: 'Delete the bucket: no raw row lies in it.',
  revisions_broken: 'A revision was lost or invented: compare the topic of alerts with its source.',
  evidence_missing:
    'The alert names an event that is not in the store: look for it in the log, then archive it again.',
  decision_chain_broken:
    'Treat it as tampering: keep copies of log and store, and compare with the head that is kept elsewhere.',
  command_without_decision:
    'No decision explains this command: treat it as forged, restore its target and find out who can write to the topic.',
  command_missing: 'A decision issued a command that is not in the topic: it was never delivered.',
  command_target_incomplete:
    'Receivers must refuse it; find out which version of the responder wrote it.',
  command_sequence_broken: 'A command of this agent was lost or invented: compare the topic.',
};

interface Finding {
  readonly code: ProblemCode;
  readonly what: string;
  readonly where: string;
  readonly expected?: unknown;
  readonly found?: unknown;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}…`;
}

export class Findings {
  readonly #stored: VerifyProblem[] = [];
  readonly #counts = new Map<ProblemCode, number>();

  add(finding: Finding): void {
    const count = (this.#counts.get(finding.code) ?? 0) + 1;
    this.#counts.set(finding.code, count);
    if (count > STORED_MAX) return;
    this.#stored.push({
      code: finding.code,
      what: finding.what,
      where: finding.where,
      expected: shown(finding.expected ?? 'nothing'),
      found: shown(finding.found ?? 'nothing'),
      what_to_do: WHAT_TO_DO[finding.code],
    });
  }

  keep(problem: VerifyProblem): void {
    this.#counts.set(problem.code, (this.#counts.get(problem.code) ?? 0) + 1);
    this.#stored.push(problem);
  }

  get problems(): readonly VerifyProblem[] {
    return this.#stored;
  }

  /** How many there are of each code, those beyond the kept ones included. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
