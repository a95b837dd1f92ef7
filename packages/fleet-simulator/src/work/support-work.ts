/** What customers see: tickets, answers, offers, and the press. */
import * as value from '../plausible-values.ts';
import { CUSTOMERS_PER_CELL, type Customer, SHARED_MAILBOX } from '../records.ts';
import type { Run } from '../run.ts';
import { listing, ours, outsiders } from '../texts.ts';
import * as usual from './usual-calls.ts';

function someCustomer({ plan }: Run): Customer {
  return plan.world.records.customer(plan.cell.number, plan.random.int(0, CUSTOMERS_PER_CELL - 1));
}

export function ticketTriage(run: Run): void {
  const { random } = run.plan;
  const read = usual.ticketRead(run);
  run.call('triage', 'readTicket', read);
  for (let n = random.int(0, 3); n > 0; n--)
    run.call('triage', 'readIssue', usual.issueRead(run, 'SUP'));
  run.call('triage', 'updateTicket', usual.ticketUpdate(run, `${read.args?.['ticket_id']}`));
}

/** The answer goes to the very customer whose record was read. */
export function customerSupport(run: Run): void {
  const { random } = run.plan;
  const ticket = value.account(random);
  const { number, email, owner } = someCustomer(run);
  run.call('triage', 'readTicket', {
    args: { ticket_id: ticket },
    result: { customer: number, body: outsiders(random), to: SHARED_MAILBOX },
    object: `ticket/${ticket}`,
    owner,
  });
  run.delegating('triage', 'desk');
  run.call('desk', 'readCustomer', {
    args: { customer_id: number },
    result: {
      email,
      plan: random.pick(['basic', 'plus', 'premium']),
      contact: SHARED_MAILBOX,
      history: listing(random),
    },
    object: `customer/${number}`,
    owner,
  });
  if (random.chance(0.5)) {
    run.call('desk', 'updateTicket', usual.ticketUpdate(run, ticket));
  }
  run.delegating('desk', 'correspondent');
  run.call('correspondent', 'sendMail', {
    args: {
      to: email,
      subject: value.subject(random),
      body: ours(random),
      ...usual.attached(run),
      reply_to: SHARED_MAILBOX,
    },
    object: email,
    owner,
  });
}

/** Offers go to a buyer whose record is another's: approved inside an envelope. */
export function salesFollowUp(run: Run): void {
  const { random } = run.plan;
  const [customer, to] = [value.account(random), value.email(random)];
  for (let n = random.int(1, 3); n > 0; n--) run.call('seller', 'search', usual.searched(run));
  run.call('seller', 'readCustomer', {
    args: { customer_id: customer },
    result: { email: to },
    object: `customer/${customer}`,
  });
  if (random.chance(0.2)) run.call('seller', 'updateTicket', usual.ticketUpdate(run));
  run.delegating('seller', 'correspondent');
  run.call('correspondent', 'sendMail', {
    args: { to, subject: 'renewal', body: ours(random), reply_to: SHARED_MAILBOX },
    object: to,
  });
}

/** Reads the web and writes to subscribers; it reads nothing that is anybody's secret. */
export function pressBriefing(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 5); n > 0; n--) run.call('briefer', 'search', usual.searched(run));
  if (random.chance(0.4)) run.think('briefer');
  run.call('briefer', 'writePage', usual.pageWritten(run, 'Press review'));
  if (random.chance(0.15))
    run.call('briefer', 'publish', { args: { title: 'Press review', body: ours(random) } });
  for (let n = random.int(1, 3); n > 0; n--)
    run.call('briefer', 'sendMail', usual.mailSent(run, value.email(random), 'press review'));
}

/** A person talks with an assistant, sometimes for dozens of turns. */
export function officeHelp(run: Run): void {
  const { random } = run.plan;
  const turns = random.chance(0.06) ? random.int(20, 60) : random.int(1, 4);
  for (let n = 0; n < turns; n++) {
    const tool = random.chance(0.6) ? 'readCalendar' : 'searchFiles';
    run.call('assistant', tool, usual.found(run));
    if (random.chance(0.15)) run.think('assistant');
    run.nextTurn();
  }
}

export function filing(run: Run): void {
  for (let n = run.plan.random.int(1, 4); n > 0; n--)
    run.call('scribe', 'searchFiles', usual.found(run));
  run.call('scribe', 'writePage', usual.pageWritten(run, 'Minutes'));
}
