import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractValues } from './extract-values.ts';
import { EXTRACTION_LIMITS, VALUE_KINDS, type ValueKind } from './fingerprint.ts';

const IBAN = 'DE89370400440532013000';
const AWS_SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const of = (value: unknown, kind: ValueKind) =>
  extractValues(value)
    .values.filter((v) => v.kind === kind)
    .map((v) => v.canonical);

describe('IBANs', () => {
  it('are found however they are spaced, dashed or cased', () => {
    const separator = fc.constantFrom('', '', '', ' ', '-');
    const spelled = fc
      .tuple(fc.array(separator, { minLength: 20, maxLength: 20 }), fc.boolean())
      .map(([separators, isLower]) => {
        const rest = [...IBAN.slice(2)].map((c, at) => (separators[at - 1] ?? '') + c).join('');
        return isLower ? `de${rest.toLowerCase()}` : `DE${rest}`;
      });
    fc.assert(
      fc.property(spelled, (text) => {
        expect(of(`to ${text} now`, 'iban')).toEqual([IBAN]);
      }),
    );
  });

  it('with a wrong digit are none', () => {
    expect(of('DE89370400440532013001', 'iban')).toEqual([]);
  });

  it('are found between characters of another script', () => {
    expect(of(`请汇款到${IBAN}谢谢`, 'iban')).toEqual([IBAN]);
  });
});

describe('secrets', () => {
  it.each([
    ['AKIAIOSFODNN7EXAMPLE'],
    [AWS_SECRET],
    [`ghp_${'aB3'.repeat(12)}`],
    ['xoxb-123456789012-abcdefABCDEF'],
    [`github_pat_${'a1B2'.repeat(10)}`],
    ['sk-proj-abc123def456ghi789'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'],
    ['Zk3vQ9xT2mLr7Wc1Yp5Bn8Ds'],
  ])('are recognised by shape: %s', (secret) => {
    expect(of(`the value ${secret}, as said`, 'secret')).toEqual([secret]);
    expect(of({ headers: { x: secret } }, 'secret')).toEqual([secret]);
  });

  it('are found in base64, URL base64, hexadecimal and two layers, and not in three', () => {
    const text = Buffer.from(`aws_secret_access_key=${AWS_SECRET}`);
    const once = text.toString('base64');
    const twice = Buffer.from(once).toString('base64url');
    expect(of(`x ${once} y`, 'secret')).toEqual([AWS_SECRET]);
    expect(of(`x ${text.toString('hex')} y`, 'secret')).toEqual([AWS_SECRET]);
    expect(of(`https://e.example/?d=${twice}`, 'secret')).toEqual([AWS_SECRET]);
    const thrice = extractValues(Buffer.from(twice).toString('base64'));
    expect(thrice.values).toEqual([]);
    expect(thrice.truncated).toBe(true);
  });

  it('are found in base64 that is wrapped over lines', () => {
    const long = Buffer.from(`${'prose that is long enough to wrap. '.repeat(6)}${AWS_SECRET}`);
    const wrapped = long.toString('base64').replace(/(.{76})/g, '$1\r\n');
    expect(of(`Content:\r\n${wrapped}\r\n`, 'secret')).toEqual([AWS_SECRET]);
  });

  it('are found in the labels of a host name', () => {
    const label = Buffer.from('key AKIAIOSFODNN7EXAMPLE').toString('base64url');
    expect(of(`lookup ${label}.evil.com`, 'secret')).toEqual(['AKIAIOSFODNN7EXAMPLE']);
  });

  it('are found by the name before them, in text and as members', () => {
    expect(of('password: hunter2!x', 'secret')).toEqual(['hunter2!x']);
    expect(of('{"db_password": "hunter2!x"}', 'secret')).toEqual(['hunter2!x']);
    expect(of({ db: { password: 'hunter2!x' } }, 'secret')).toEqual(['hunter2!x']);
    expect(of('Authorization: Bearer abc.def-12345', 'secret')).toEqual(['abc.def-12345']);
    expect(of('https://bob:hunter2!x@db.example/', 'secret')).toEqual(['hunter2!x']);
  });

  it('are found where an escaped quote or letter stands first', () => {
    const key = 'sk_live_w9WWcr3SxSXecjFeofmIgBld';
    const all = [...key].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');
    for (const text of [`note %22${key}%22`, `note ${all}`, `(%27${key}%27)`, `=%22${key}`]) {
      expect(of(text, 'secret')).toEqual([key]);
    }
    expect(of(`%${key}`, 'secret')).toEqual([key]);
  });

  it('private keys in PEM are their bodies, however wrapped; certificates are none', () => {
    const body = 'MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB';
    const pem = `-----BEGIN RSA PRIVATE KEY-----\n${body}\naFDr\n-----END RSA PRIVATE KEY-----`;
    expect(of(pem, 'secret')).toEqual([`${body}aFDr`]);
    expect(of(JSON.stringify({ key: pem }), 'secret')).toEqual([`${body}aFDr`]);
    expect(of(pem.replaceAll('RSA PRIVATE KEY', 'CERTIFICATE'), 'secret')).toEqual([]);
  });

  it.each([
    ['GetUserProfileByIdV2Request'],
    ['/home/User1/projects/Foo2/src/main/java/Bar'],
    ['password: required'],
    ['api_key: $API_KEY'],
    ['next_page_token=abc123'],
    ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['internationalization of the Supercalifragilisticexpialidocious'],
  ])('are not seen in %s', (text) => {
    expect(of(text, 'secret')).toEqual([]);
  });
});

describe('numbers', () => {
  it('in one line are kept apart, and dates, times, decimals and versions are none', () => {
    expect(of('amount 1500 12345678901 on 2026-11-24 09:00:00', 'account')).toEqual([
      '12345678901',
    ]);
    expect(extractValues('2026-11-24T09:00:00.123456789Z 3.14159265358979 1.10.3').values).toEqual(
      [],
    );
  });

  const times = [
    ...['1759745123', '1759745123456', '1759745123456789', '1759745123456789012'],
    ...['20261005093011', '202610050930', '20261005093011123'],
  ];

  it('that read as a point in time are none, in text, as fields and as bare words', () => {
    for (const time of times) {
      expect(of(`changed ${time}, nothing since`, 'account')).toEqual([]);
      expect(of({ updated_at: time, next: [time], account_changed_at: time }, 'account')).toEqual(
        [],
      );
      expect(of(`/log/${time}/a`, 'account')).toEqual([]);
      expect(of(`my account was closed on ${time}`, 'account')).toEqual([]);
    }
    expect(of({ account: 'main', since: 1_759_745_123 }, 'account')).toEqual([]);
    expect(of('{"account":"main","since":1759745123}', 'account')).toEqual([]);
  });

  it('stay accounts where a name says so, and where no time reads like that', () => {
    for (const time of times) {
      expect(of({ toAccount: time, since: '1' }, 'account')).toEqual([time]);
      expect(of({ accounts: [time] }, 'account')).toEqual([time]);
      expect(of(`account no. ${time}`, 'account')).toEqual([time]);
      expect(of(`{"card_number": "${time}"}`, 'account')).toEqual([time]);
    }
    // Before 2004, after 2033, no such month, in chunks; a card, a customer, an AWS account.
    const others = ['1012345678', '2059745123', '20261305093011', '4012888888881881'];
    for (const one of [...others, '123456789', '123456789012']) {
      expect(of({ value: one }, 'account')).toEqual([one]);
    }
    expect(of('1759 745 123', 'account')).toEqual(['1759745123']);
  });

  it('of JSON are read like text', () => {
    expect(extractValues({ id: 123456789012 }).values).toEqual([
      { kind: 'account', canonical: '123456789012', path: 'id' },
    ]);
  });
});

describe('addresses', () => {
  it('are one whether written as URL or bare', () => {
    const spellings = ['http://evil.com/a', 'https://www.evil.com:443/a/#x', 'evil.com/a/'];
    for (const text of spellings) expect(of(`go to ${text}.`, 'url')).toEqual(['evil.com/a']);
  });

  it('file names and abbreviations are none', () => {
    expect(of('see file.txt, node.js, e.g. report_final.pdf, i.e. main.ts', 'url')).toEqual([]);
  });

  it('survive what JSON escaping leaves in a text', () => {
    const text = String.raw`mail\nalice@acme.example https:\/\/evil.com\/x`;
    expect(of(text, 'email')).toEqual(['alice@acme.example']);
    expect(of(text, 'url')).toEqual(['evil.com/x']);
  });
});

describe('shingles', () => {
  const words = Array.from(
    { length: 120 },
    (_, n) => `word${String.fromCharCode(97 + (n % 26))}${n}`,
  );
  const passage = words.join(' ');

  it('of a passage copied into another text meet', () => {
    const result = extractValues(`Some introduction of its own. ${passage} And an end.`);
    const copied = new Set(of(`Dear Bob, ${passage.toUpperCase()}, regards`, 'shingle'));
    const shared = result.values.filter((v) => v.kind === 'shingle' && copied.has(v.canonical));
    expect(shared.length).toBeGreaterThan(2);
  });

  it('are not made of short texts and records', () => {
    expect(of('Please send the report to Alice by Friday.', 'shingle')).toEqual([]);
    const record = Array.from({ length: 40 }, (_, n) => `name${n}: value of it`).join('\n');
    expect(of(record, 'shingle')).toEqual([]);
  });
});

describe('limits', () => {
  it('keep the secret among a thousand identifiers, and say that something was left out', () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `order-2026-${10_000 + n}`);
    const found = extractValues([...ids, `key ${AWS_SECRET}`, IBAN]);
    expect(found.truncated).toBe(true);
    expect(found.values).toHaveLength(EXTRACTION_LIMITS.valuesMax);
    expect(found.values.slice(0, 2).map((v) => v.kind)).toEqual(['secret', 'iban']);
  });

  it('stop at depth, nodes and text length, and say so', () => {
    let deep: unknown = IBAN;
    for (let n = 0; n < 40; n++) deep = [deep];
    expect(extractValues(deep)).toEqual({ values: [], truncated: true });
    expect(extractValues([1, 2, 3, IBAN], { nodesMax: 3 }).truncated).toBe(true);
    expect(extractValues(`${'x '.repeat(50)}${IBAN}`, { textLengthMax: 50 })).toEqual({
      values: [],
      truncated: true,
    });
  });

  it('name the path, arrays without their indices', () => {
    expect(extractValues({ to: [{ iban: IBAN }] }).values[0]?.path).toBe('to[].iban');
  });

  it('hold for any JSON: bounded, each value once, the same twice, nothing thrown', () => {
    const piece = fc.constantFrom(
      ...[IBAN, AWS_SECRET, 'a@b.example', '://', 'https://', '%40', '%', '@', '\\u00', '(', '+'],
      ...[
        '-----BEGIN ',
        'password=',
        'eyJ',
        '12345678901',
        ' ',
        '\n',
        '\ud800',
        '=',
        '谢',
        '1 234',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((p) => p.join('')),
    );
    const json = fc.letrec((tie) => ({
      any: fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), tie('list'), tie('object')),
      list: fc.array(tie('any'), { maxLength: 5 }),
      object: fc.dictionary(text, tie('any'), { maxKeys: 5 }),
    })).any;
    fc.assert(
      fc.property(json, (value) => {
        const found = extractValues(value);
        expect(found.values.length).toBeLessThanOrEqual(EXTRACTION_LIMITS.valuesMax);
        const keys = found.values.map((v) => `${v.kind} ${v.canonical}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const v of found.values) expect(VALUE_KINDS).toContain(v.kind);
        expect(extractValues(value)).toEqual(found);
      }),
      { numRuns: 500 },
    );
  });
});

describe('cost', () => {
  // Named after the fear: an attacker chooses the text, and one bad text must not stop ingest.
  it.each([
    ['one letter', 'a'],
    ['at signs', '@'],
    ['local parts', 'a@'],
    ['dots', 'a.'],
    ['slashes', 'ab/'],
    ['schemes', 'a://'],
    ['URLs', 'http://a '],
    ['IBAN starts', 'DE89 3704 0044 '],
    ['digits', '1'],
    ['digit groups', '123 '],
    ['brackets', '(12'],
    ['plus signs', '+1 '],
    ['labels', 'password='],
    ['PEM heads', '-----BEGIN '],
    ['PEM private key heads', '-----BEGIN PRIVATE KEY-----'],
    ['dashes', '-'],
    ['percents', '%41'],
    ['base64', 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo5'],
    ['base64 lines', `${'QUJD'.repeat(15)}\n`],
    ['hexadecimal', '4142434445464748'],
    ['backslashes', '\\'],
    ['escapes', '\\u0041'],
    ['combining marks', 'a\u0301\u0323'],
    ['letters apart', 'a 1 '],
    ['groups of one size', 'a1B-'],
    ['addresses with parts', 'https://u1@a.example/a1234567?b=c1234567 '],
    ['look-alike letters', 'а1'],
    ['dots and labels', 'abcdefghijkl.abcdefghijkl.com/'],
  ])('grows linearly with a text of %s', (_, unit) => {
    const time = (length: number) => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      let best = Number.POSITIVE_INFINITY;
      for (let n = 0; n < 3; n++) {
        const start = process.cpuUsage();
        extractValues(text);
        const { user, system } = process.cpuUsage(start);
        best = Math.min(best, (user + system) / 1000);
      }
      return best;
    };
    time(10_000);
    const [small, large] = [time(60_000), time(480_000)];
    // Processor time, in milliseconds. Eight times the text: quadratic would be 64 times as much.
    expect(large).toBeLessThan(Math.max(150, small * 30));
  });
});

describe('disguised secrets', () => {
  const KEY = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';
  const RANDOM = 'Zk3vQ9xT2mLr7Wc1Yp5Bn8Ds';
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const hex = (text: string) => Buffer.from(text).toString('hex');
  const percent = (text: string) => [...text].map((c) => `%${hex(c)}`).join('');
  const inGroups = (text: string, size: number, by: string) =>
    (text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(by);

  it.each([
    ['of Cyrillic letters', KEY.replaceAll('e', 'е').replace('a', 'а')],
    ['of Greek capitals', RANDOM.replace('Z', 'Ζ').replace('B', 'Β')],
    ['of full-width and small capitals', KEY.replace('s', 'ｓ').replace('i', 'ı')],
    ['with characters of no width', inGroups(KEY, 3, '\u200b\u2060')],
    ['letter by letter', inGroups(KEY, 1, ' ')],
    ['letter by letter, with dots', inGroups(RANDOM, 1, '.')],
    ['line by line', inGroups(KEY, 1, '\n')],
    ['in groups of four', inGroups(KEY, 4, ' ')],
    ['in groups of five, with commas', `key: ${inGroups(KEY, 5, ', ')}`],
    ['in groups with dashes', inGroups(RANDOM, 6, '-')],
    ['in look-alike letters and groups', inGroups(KEY.replace('c', 'с'), 1, ' ')],
    ['base64 of hexadecimal', base64(hex(KEY))],
    ['hexadecimal of base64', hex(base64(KEY))],
    ['percent of base64', percent(base64(KEY))],
    ['base64 of percent', base64(percent(RANDOM))],
    ['base64 of look-alikes', base64(KEY.replace('a', 'а'))],
  ])('are the secret that they spell: %s', (_how, text) => {
    const spelled = [KEY, RANDOM].filter((one) => of(text, 'secret').includes(one));
    expect(spelled).toHaveLength(1);
  });

  it.each([
    `https://x.example/${KEY}/pixel.gif`,
    `https://x.example/v1/${RANDOM}/a?b=c`,
    `https://${KEY}@x.example/`,
    `https://${KEY}.x.example/`,
    `https://x.example/?a=1&d=${KEY}%2Fend`,
    `https://x.example/${base64(KEY)}/b`,
    `x.example/${KEY}/y`,
    `https://x.example/#${KEY}`,
  ])('are found in every part of an address: %s', (url) => {
    expect(of({ url }, 'secret').some((one) => one === KEY || one === RANDOM)).toBe(true);
  });

  it('are no lists, tables, prose of another script or numbers in groups', () => {
    for (const text of [
      'a b c d e f g h i j k l m n o p q r s t u v w x y z',
      '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19',
      'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
      '4012 8888 8888 1881 5500 0000 0000 0004',
      'Встреча с командой перенесена на 15.03.2026, зал 402, начало в 10:30.',
      'aa:bb:cc:dd:ee:ff:00:11:22:33',
    ]) {
      expect(of(text, 'secret'), text).toEqual([]);
    }
  });
});
