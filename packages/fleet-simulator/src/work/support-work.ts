/** What customers see: tickets, answers, offers, and the press. */
import * as value from '../plausible-values.ts';
import { CUSTOMERS_PER_CELL, type Customer, SHARED_MAILBOX } from '../records.ts';
import type { Run } from '../run.ts';
import { ours, outsiders } from '../texts.ts';

function someCustomer({ plan }: Run): Customer {
  return plan.world.records.customer(plan.cell.number, plan.random.int(0, CUSTOMERS_PER_CELL - 1));
}

export function ticketTriage(run: Run): void {
  const { random } = run.plan;
  const ticket = value.account(random);
  run.call('triage', 'readTicket', {
    args: { ticket_id: ticket },
    result: { subject: value.subject(random), body: outsiders(random), to: SHARED_MAILBOX },
    object: `ticket/${ticket}`,
  });
  for (let n = random.int(0, 3); n > 0; n--) {
    run.call('triage', 'readIssue', {
      args: { issue_key: `SUP-${random.int(1, 999)}` },
      result: { status: 'open', comment: outsiders(random) },
    });
  }
  run.call('triage', 'updateTicket', {
    args: { ticket_id: ticket, priority: random.int(1, 4), note: ours(random) },
    object: `ticket/${ticket}`,
  });
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
  run.handOver('triage', 'desk');
  run.call('desk', 'readCustomer', {
    args: { customer_id: number },
    result: { email, plan: random.pick(['basic', 'plus', 'premium']), contact: SHARED_MAILBOX },
    object: `customer/${number}`,
    owner,
  });
  if (random.chance(0.5)) {
    run.call('desk', 'updateTicket', {
      args: { ticket_id: ticket, note: ours(random) },
      object: `ticket/${ticket}`,
    });
  }
  run.handOver('desk', 'correspondent');
  run.call('correspondent', 'sendMail', {
    args: {
      to: email,
      subject: value.subject(random),
      body: ours(random),
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
  for (let n = random.int(1, 3); n > 0; n--) {
    run.call('seller', 'search', {
      args: { query: value.subject(random) },
      result: { top: value.link(random), text: outsiders(random) },
    });
  }
  run.call('seller', 'readCustomer', {
    args: { customer_id: customer },
    result: { email: to },
    object: `customer/${customer}`,
  });
  run.handOver('seller', 'correspondent');
  run.call('correspondent', 'sendMail', {
    args: { to, subject: 'renewal', body: ours(random), reply_to: SHARED_MAILBOX },
    object: to,
  });
}

/** Reads the web and writes to subscribers; it reads nothing that is anybody's secret. */
export function pressBriefing(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 5); n > 0; n--) {
    run.call('briefer', 'search', {
      args: { query: value.subject(random) },
      result: { top: value.link(random), text: outsiders(random) },
    });
  }
  run.call('briefer', 'writePage', { args: { title: 'Press review', body: ours(random) } });
  for (let n = random.int(1, 3); n > 0; n--) {
    const to = value.email(random);
    run.call('briefer', 'sendMail', {
      args: { to, subject: 'press review', body: ours(random), reply_to: SHARED_MAILBOX },
      object: to,
    });
  }
}

/** A person talks with an assistant, sometimes for dozens of turns. */
export function officeHelp(run: Run): void {
  const { random } = run.plan;
  const turns = random.chance(0.06) ? random.int(20, 60) : random.int(1, 4);
  for (let n = 0; n < turns; n++) {
    const tool = random.chance(0.6) ? 'readCalendar' : 'searchFiles';
    run.call('assistant', tool, {
      args: { query: value.subject(random) },
      result: { text: outsiders(random) },
    });
    run.nextTurn();
  }
}

export function filing(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 4); n > 0; n--) {
    run.call('scribe', 'searchFiles', {
      args: { query: value.subject(random) },
      result: { text: outsiders(random) },
    });
  }
  run.call('scribe', 'writePage', { args: { title: 'Minutes', body: ours(random) } });
}
