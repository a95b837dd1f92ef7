/** Nouns of tools' names by what they are about: they decide which capability an effect exercises. */
export type WordSet = ReadonlySet<string>;

export const words = (list: string): WordSet => new Set(list.split(' '));
export const has = (name: WordSet, any: WordSet) => [...name].some((word) => any.has(word));
export const one = (name: WordSet, ...any: string[]) => any.some((word) => name.has(word));

export const WEB = words(
  'web webpage website url page browser browse visit click scroll navigate http internet google bing site link',
);
export const OUTSIDE_TEXT = words(
  'email emails mail mails inbox message messages chat comment comments issue issues ticket tickets review reviews feed post posts tweet attachment attachments',
);
export const SECRET = words(
  'secret secrets password passwords credential credentials vault passphrase apikey token tokens',
);
export const PERSONAL = words(
  'user users person people contact contacts profile profiles customer customers patient patients employee employees passenger passengers member',
);
export const FINANCIAL = words(
  'balance transaction transactions invoice invoices payment payments iban account accounts salary payroll statement statements ledger loan portfolio fund funds financial billing bank',
);
export const SOURCE = words('repo repository code source commit commits diff branch pr pull');
export const DIRECTORY = words(
  'directory users groups members roles permissions org organization policies ldap',
);
export const MONEY = words('money fund funds payment transfer bill invoice transaction payout');
/** Nothing but money, wherever the verb stands: German has it last. */
export const CASH = words('money geld dinero argent dinheiro denaro');
/** Who has it decides over it. */
export const OWNERSHIP = words(
  'ownership owner permission permissions role access rights repo repository domain',
);
/** What is watched with; an alarm or an alert alone may be a clock's. */
export const LOGGING = words('log logs logging audit monitoring telemetry detector siem');

/** What is there to be asked, where a name says nothing that is done to it. */
export const KNOWLEDGE = words(
  'data database knowledge dictionary encyclopedia wiki catalog catalogue library archive index',
);

/** What a name is about and not what it does, though English has verbs of the same letters. */
export const OBJECTS: WordSet = new Set(
  [WEB, OUTSIDE_TEXT, SECRET, PERSONAL, FINANCIAL, SOURCE, DIRECTORY].flatMap((all) => [...all]),
);
