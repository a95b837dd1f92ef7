/**
 * The points of the score. Halving or doubling them at random moves the true-positive rate at 1 % by
 * under .01: they are no knife edge. Alarms are fixed margins, since calibration by rank broke on
 * unseen tasks (docs/measurements/agentdojo.md says on which data they were chosen).
 */
/** Where no request is known nothing is excused by it, so all that speaks for obeying counts together. */
export const ALARM = 3.5;
/**
 * Where the request is known, so much alarms without the weak context: the passage that explains the
 * call, what is new from free text, the secret that leaves. Text without the words by which published
 * attacks give themselves away stays under ALARM; benign work of simulated fleets reached 3.1 points
 * with its context and 1.9 without.
 */
export const EVIDENCE = 2.3;
/**
 * So much suffices where the request asks for neither what is done nor what it is done to, and hands nothing
 * over: a password that is changed while a bill is paid is explained by the passage or by nothing. Benign
 * calls of the tuning fleets that nobody asked for reached 1.3.
 */
export const EVIDENCE_UNASKED = 1.8;
export const REVIEW = 2.25;
/**
 * From here on a call is too odd to teach what is normal: most benign calls stay below. Where no request is known it is
 * held against the score without the weak context (`is-obeying.ts`).
 */
export const DOUBT = 1;

export const WEIGHT = {
  match: 6,
  newIdentifier: 1.5,
  secret: 2,
  contextMax: 1.5,
  drift: 0.8,
  unaskedWrite: 0.4,
  unsaid: 0.2,
  idFromField: 0.25,
  idFromNowhere: 0.3,
  surprisePerBit: 0.05,
  surpriseMax: 0.3,
} as const;

export const STRENGTH = { base: 0.4, unasked: 0.15, perClass: 0.15 } as const;

export const EFFECT = { write: 1, fetch: 0.9, read: 0.4 } as const;

export const ACTION = {
  imperative: { verbAndObject: 1, verb: 0.6 },
  mention: { verbAndObject: 0.7, verb: 0.35 },
  /** Where no verb is known: the tool's object in a passage that nothing marks. */
  objectAlone: 0.5,
} as const;

export const VALUE = {
  idLike: 1,
  atom: 0.9,
  long: 0.7,
  bare: 0.4,
  known: 0.5,
  shareMin: 0.34,
} as const;

/** A value that matches where no verb does still tells something. */
export const NO_VERB = { weight: 0.35, withoutIdentifier: 0.5 } as const;

export const DISCOUNT = {
  askedIdLike: 0.85,
  askedOverride: 0.75,
  asked: 0.5,
  askedOtherValues: 0.75,
  delegatedElsewhere: 0.85,
  delegatedNamed: 0.5,
  delegated: 0.7,
  /** A new identifier that stands in the text that the person handed over to. */
  delegatedIdentifier: 0.5,
  repeat: 0.15,
  secretSpokenOf: 0.4,
} as const;
