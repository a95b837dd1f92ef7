/** IBAN (ISO 13616): country, length, check digits. */
import { isAlnum, isDigit, isLetter } from './char-class.ts';

/** SWIFT IBAN Registry, release 99. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 ' +
    'DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 ' +
    'IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 ' +
    'MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
    'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

interface Span {
  readonly canonical: string;
  readonly end: number;
}

/** ISO 7064 MOD 97-10. */
function checksOut(iban: string): boolean {
  let remainder = 0;
  for (let i = 0; i < iban.length; i++) {
    const code = iban.charCodeAt((i + 4) % iban.length);
    remainder = isDigit(code)
      ? (remainder * 10 + code - 48) % 97
      : (remainder * 100 + code - 55) % 97;
  }
  return remainder === 1;
}

const SPACE = 32;
const DASH = 45;

/** Cheap. */
export function mayStartIban(text: string, start: number): boolean {
  if (!isLetter(text.charCodeAt(start)) || !isLetter(text.charCodeAt(start + 1))) return false;
  const third = text.charCodeAt(start + 2);
  if (isDigit(third)) return true;
  return (third === SPACE || third === DASH) && isDigit(text.charCodeAt(start + 3));
}

/** Single spaces or dashes are skipped. */
export function ibanAt(text: string, start: number): Span | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  let iban = '';
  let at = start;
  while (iban.length < length) {
    const code = text.charCodeAt(at);
    if (isAlnum(code)) {
      iban += text.charAt(at);
    } else if ((code !== SPACE && code !== DASH) || !isAlnum(text.charCodeAt(at + 1))) {
      return undefined;
    }
    at++;
  }
  // Another, longer text.
  if (isAlnum(text.charCodeAt(at))) return undefined;
  const canonical = iban.toUpperCase();
  return checksOut(canonical) ? { canonical, end: at } : undefined;
}
