/** What the fleet does all day; none of it may alert (`test/e2e/demo.test.ts`). */
import { AGENTS } from './agents.ts';
import { payBill, payInvoice } from './payment-work.ts';
import { TaskScript } from './task-script.ts';
import { ibanOf, type World } from './world.ts';

type Work = (id: string, world: World) => TaskScript;
type LookUp = readonly [tool: string, answer: string];

const LOOK_UPS: readonly [LookUp, ...LookUp[]] = [
  ['helpdesk/search_tickets', 'three similar tickets'],
  ['helpdesk/list_queues', 'billing, platform, accounts'],
  ['kb/search_articles', 'two articles'],
  ['kb/read_article', 'First restart, then ask for the log.'],
  ['crm/find_customer', 'a customer since 2019'],
  ['status/read_incidents', 'no incident today'],
  ['status/read_changes', 'one change last night'],
];

const answerTicket: Work = (id, world) => {
  const { triageBot } = AGENTS;
  const [topic, person, ticket] = [world.topic(), world.person(), `TK${world.serial()}`];
  const request = `Which team should take ticket ${ticket}?`;
  const script = new TaskScript({ id, workflow: 'support-desk', request, person });
  script.call(triageBot, 'helpdesk/read_ticket', {
    args: { ticket },
    result: `Customer writes: ${topic} since Monday, screenshot attached.`,
  });
  for (let i = 0; i < 2; i++) {
    const [tool, answer] = world.pick(LOOK_UPS);
    script.call(triageBot, tool, { args: { text: topic }, result: { answer } });
  }
  return script;
};

const routeTicket: Work = (id, world) => {
  const { ticketRouter } = AGENTS;
  const ticket = `TK${world.serial()}`;
  return new TaskScript({
    id,
    workflow: 'support-desk',
    request: `Assign ticket ${ticket} to the right team.`,
  })
    .call(ticketRouter, 'helpdesk/read_ticket', {
      args: { ticket },
      result: `Customer writes: ${world.topic()}, please help.`,
    })
    .call(ticketRouter, 'helpdesk/assign_ticket', {
      args: { ticket, team: world.pick(['billing', 'platform', 'accounts']) },
      result: { assigned: true },
      approval: { mode: 'human', by: world.person(), latency_ms: 9000 + world.number(60_000) },
    });
};

const sumUpInbox: Work = (id, world) => {
  const { inboxAssistant } = AGENTS;
  const person = world.person();
  const request = `Summarise the new mails in the inbox of ${person} and send the summary to ${person}.`;
  return new TaskScript({ id, workflow: 'inbox-summary', request, person })
    .call(inboxAssistant, 'mail/read_inbox', {
      args: { mailbox: person },
      result: `${2 + world.number(6)} new mails: the team lunch moved, ${world.supplier()} confirms delivery, minutes of the weekly meeting.`,
    })
    .call(inboxAssistant, 'mail/send_email', {
      args: {
        to: person,
        subject: 'Your mails',
        body: 'Lunch moved; delivery confirmed; minutes.',
      },
      result: 'sent',
      approval: { mode: 'human', by: person, latency_ms: 8000 + world.number(20_000) },
    });
};

const matchLedger: Work = (id, world) => {
  const { ledgerSync } = AGENTS;
  const account = `AC${world.serial()}`;
  return new TaskScript({
    id,
    workflow: 'nightly-reconciliation',
    request: 'Match bank postings with the ledger.',
  })
    .call(ledgerSync, 'ledger/list_postings', {
      args: { account },
      result: { postings: 20 + world.number(80) },
    })
    .call(ledgerSync, 'ledger/post_match', { args: { account }, result: { matched: true } });
};

const listAccounts: Work = (id, world) => {
  const { accessAuditor } = AGENTS;
  return new TaskScript({
    id,
    workflow: 'access-review',
    request: 'List accounts without an owner.',
  })
    .call(accessAuditor, 'idp/list_accounts', {
      args: { page: world.number(40) },
      result: { accounts: 50 },
    })
    .call(accessAuditor, 'idp/list_owners', {
      args: { page: world.number(40) },
      result: { owners: 48 + world.number(3) },
    });
};

const writeReport: Work = (id, world) => {
  const { reportRunner } = AGENTS;
  const person = world.person();
  const request = `Weekly numbers for ${person}.`;
  return new TaskScript({ id, workflow: 'weekly-report', request, person })
    .call(reportRunner, 'warehouse/run_report', {
      args: { report: world.pick(['sales', 'stock', 'returns']) },
      result: { rows: 200 + world.number(800) },
    })
    .call(reportRunner, 'files/write_file', {
      args: { path: `reports/week-${world.number(52)}.xlsx` },
      result: 'written',
    });
};

const releaseBuild: Work = (id, world) => {
  const { releaseAgent } = AGENTS;
  const build = `release/${world.number(9)}.${world.number(40)}`;
  return new TaskScript({
    id,
    workflow: 'release-train',
    request: `Build ${build} and put it on the test environment.`,
  })
    .call(releaseAgent, 'repo/read_changes', { args: { build }, result: { commits: 12 } })
    .call(releaseAgent, 'build/run_tests', { args: { build }, result: { passed: true } })
    .call(releaseAgent, 'build/deploy_to_test', {
      args: { build },
      result: { deployed: true },
      environment: 'nonprod',
      approval: { mode: 'policy', by: 'release-policy' },
    });
};

const compareOffers: Work = (id, world) => {
  const { procurementAgent } = AGENTS;
  const what = world.pick(['paper', 'toner', 'chairs', 'screens']);
  return new TaskScript({
    id,
    workflow: 'procurement',
    request: `Compare offers for ${what} and note the best one.`,
  })
    .call(procurementAgent, 'web/fetch', {
      args: { url: `https://shop-${world.number(5)}.example/${what}` },
      result: `${what}: ${world.amount()} EUR, delivery in ${1 + world.number(9)} days.`,
    })
    .call(procurementAgent, 'erp/note_offer', {
      args: { item: what, offer: world.number(500) },
      result: { noted: true },
      approval: { mode: 'policy', by: 'purchasing-policy' },
    });
};

const addSupplier: Work = (id, world) => {
  const { intake } = AGENTS;
  const supplier = `${world.supplier()} ${world.serial()}`;
  const iban = ibanOf(world.number(2 ** 31));
  return new TaskScript({
    id,
    workflow: 'supplier-onboarding',
    request: `Add the checked application of ${supplier} to the books.`,
  })
    .call(intake, 'portal/get_application', {
      args: { supplier },
      result: `supplier: ${supplier}\niban: ${iban}\nstate: complete`,
    })
    .call(intake, 'erp/create_payee', {
      args: { name: supplier, iban },
      result: { payee: `PY${world.serial()}`, iban },
    });
};

const KINDS: readonly (readonly [share: number, work: Work, name: string])[] = [
  [16, answerTicket, 'ticket'],
  [8, routeTicket, 'route'],
  [8, sumUpInbox, 'inbox'],
  [8, matchLedger, 'ledger'],
  [5, listAccounts, 'access'],
  [6, writeReport, 'report'],
  [6, releaseBuild, 'release'],
  [6, compareOffers, 'offers'],
  [5, addSupplier, 'supplier'],
  [10, payInvoice, 'invoice'],
  [2, (id, world) => payBill(id, world, world.number(2 ** 31)), 'bill'],
];
const SHARES = KINDS.reduce((sum, [share]) => sum + share, 0);

/** The first ones are one of each kind. */
export function ordinaryTask(prefix: string, n: number, world: World): TaskScript {
  const first = KINDS[n - 1];
  if (first !== undefined) return first[1](`${first[2]}-${prefix}${n}`, world);
  let at = world.number(SHARES);
  for (const [share, work, name] of KINDS) {
    if (at < share) return work(`${name}-${prefix}${n}`, world);
    at -= share;
  }
  return answerTicket(`ticket-${prefix}${n}`, world);
}
