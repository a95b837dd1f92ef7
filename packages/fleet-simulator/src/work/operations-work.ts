/** Work of those who hold much and do it seldom: directories, secrets, prompts, odd jobs. */
import * as value from '../plausible-values.ts';
import type { Run } from '../run.ts';
import { ours, outsiders } from '../texts.ts';

/** Who is still there: the directory, then single people. Nothing leaves. */
export function accessReview(run: Run): void {
  const { random } = run.plan;
  run.call('directory', 'readDirectory', {
    args: { page: random.int(1, 9) },
    result: { members: random.int(10, 50) },
  });
  for (let n = random.int(1, 4); n > 0; n--) {
    const person = value.account(random);
    run.call('people', 'readPerson', {
      args: { id: person },
      result: { unit: random.pick(['sales', 'support', 'finance']), active: random.chance(0.9) },
      object: `person/${person}`,
    });
  }
}

export function secretRotation(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 3); n > 0; n--) {
    run.call('vault', 'readSecret', {
      args: { path: `kv/service-${random.int(1, 60)}` },
      result: { key: value.secret(random), age_days: random.int(20, 90) },
    });
  }
}

/** A prompt changes because an issue asks for it, and a person agreed to this very change. */
export function promptUpkeep(run: Run): void {
  const { random, cell } = run.plan;
  run.call('coder', 'readIssue', {
    args: { issue_key: `AI-${random.int(1, 300)}` },
    result: { status: 'ready', comment: outsiders(random) },
  });
  run.call('tuner', 'updatePrompt', {
    args: { text: ours(random) },
    object: `agent/prompt-${random.int(1, 40)}`,
    approvedBy: `prompt-owner-${cell.number}@acme.example`,
  });
}

export function deskHelp(run: Run): void {
  const { random } = run.plan;
  const ticket = value.account(random);
  run.call('helper', 'updateTicket', {
    args: { ticket_id: ticket, note: ours(random) },
    object: `ticket/${ticket}`,
  });
}

/** Odd jobs of the agent that may do everything and mostly does little. */
export function oddJobs(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 4); n > 0; n--) {
    const rows = random.int(1, 90);
    run.call('generalist', 'query', {
      args: { table: random.pick(['orders', 'rooms', 'parking']) },
      result: { rows },
      features: { records: rows },
    });
  }
  run.call('generalist', 'writePage', { args: { title: 'Odd jobs', body: ours(random) } });
}
