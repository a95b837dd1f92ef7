/**
 * Sentences that outsiders write (they stand in results only) and that agents write (in arguments
 * only). The two share no sentence: a long passage in both would be a link (shingles), and a link
 * must be meant.
 */
import type { Random } from './random.ts';

const OUTSIDE: readonly [string, ...string[]] = [
  'Hello team, the delivery from last week has still not arrived.',
  'We moved our office and the invoices go to the old street.',
  'I tried to log in three times and the page only shows an error.',
  'Please let me know when this is fixed, we depend on it for our own customers.',
  'The price on the last quote does not match the list you sent in spring.',
  'Thank you for the quick answer yesterday, it helped a lot.',
  'Could you check whether the second parcel was booked on our account?',
  'Our auditors ask for the contract from last year, a copy is enough.',
  'The export stops halfway and says that a column is missing.',
  'Best regards from rainy Hamburg.',
  'We would like to renew for two more seats starting next month.',
  'Please update the ticket if you need anything else from our side.',
  'The meeting on Thursday must move, half of the team is travelling.',
  'As discussed on the phone, the refund should go out this week.',
  'Analysts expect the market to stay flat until the end of the year.',
  'The vendor announced a new version with better search and fewer defaults.',
  'A competitor lowered its prices by a tenth and promises faster support.',
  'Send us the signed form and we will take care of the rest.',
];

const INSIDE: readonly [string, ...string[]] = [
  'Thank you for your message, a colleague is looking into it.',
  'The order was shipped this morning and should be with you soon.',
  'Attached you find the overview that you asked for.',
  'Status changed after a first look at the logs.',
  'Numbers are preliminary until controlling has closed the period.',
  'We suggest a short call to settle the open points.',
  'Summary of the findings with links to the sources.',
  'Escalated to the second line because of the contract level.',
  'No further action is needed from your side.',
  'The change was tested on staging and reviewed by two people.',
];

function text(random: Random, from: readonly [string, ...string[]], low: number, high: number) {
  let made = random.pick(from);
  for (let n = random.int(low, high); n > 1; n--) made += ` ${random.pick(from)}`;
  return made;
}

/** Mostly short; one in twelve is a long thread, as real mailboxes and pages have them. */
export const outsiders = (random: Random): string =>
  random.chance(0.08) ? text(random, OUTSIDE, 15, 70) : text(random, OUTSIDE, 1, 6);
export const ours = (random: Random): string => text(random, INSIDE, 1, 3);
