/** Log time as text and numbers, without `Date`. Normal form: UTC, nine digits; sorts as text. */
const DAY_MS = 86_400_000;

function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): readonly [year: number, month: number, day: number] {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * m + 2) / 5) + 1;
  const month = m < 10 ? m + 3 : m - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

export interface LogTime {
  /** Whole milliseconds since the Unix epoch; negative before it. */
  readonly ms: number;
  /** 0–999,999. */
  readonly ns: number;
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const FRACTION_DIGITS_MAX = 9;
const FRACTION_START = 20;

function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** NaN: none. */
function wholeSeconds(text: string): number {
  const isMarked =
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58;
  if (!isMarked) return Number.NaN;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0);
  if (!isDay || !(hour < 24 && minute < 60 && second <= 60)) return Number.NaN;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2 && day === 29 && !isLeap) return Number.NaN;
  return daysFromCivil(year, month, day) * DAY_MS + (hour * 3600 + minute * 60 + second) * 1000;
}

const OFFSET_MINUTES_MAX = 14 * 60;

/** NaN: no zone, or more text. */
function zoneAhead(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign === 90) return at + 1 === text.length ? 0 : Number.NaN;
  const isZone = (sign === 43 || sign === 45) && text.charCodeAt(at + 3) === 58;
  if (!isZone || text.length !== at + 6) return Number.NaN;
  const past = digits(text, at + 4, at + 6);
  const minutes = digits(text, at + 1, at + 3) * 60 + past;
  if (!(past < 60 && minutes <= OFFSET_MINUTES_MAX)) return Number.NaN;
  return (sign === 45 ? -minutes : minutes) * 60_000;
}

/** Undefined: no time with a zone, or no such day. */
export function parseLogTime(text: string): LogTime | undefined {
  let end = FRACTION_START - 1;
  if (text.charCodeAt(end) === 46) {
    end = FRACTION_START;
    while (end < FRACTION_START + FRACTION_DIGITS_MAX && digits(text, end, end + 1) >= 0) end++;
    if (end === FRACTION_START) return undefined;
  }
  const seconds = wholeSeconds(text) - zoneAhead(text, end);
  if (Number.isNaN(seconds)) return undefined;
  const count = Math.max(0, end - FRACTION_START);
  const ns =
    count === 0 ? 0 : digits(text, FRACTION_START, end) * 10 ** (FRACTION_DIGITS_MAX - count);
  return { ms: seconds + Math.floor(ns / 1_000_000), ns: ns % 1_000_000 };
}

/** An event's times are asked a dozen times. */
const LATEST = 4;
let [lastText, lastMs] = ['', 0];
const texts = new Array<string>(LATEST).fill('');
const times = new Array<number>(LATEST).fill(0);
let oldest = 0;

function rememberedMs(text: string): number {
  for (let at = 0; at < LATEST; at++) if (texts[at] === text) return times[at] ?? 0;
  const ms = parseLogTime(text)?.ms ?? 0;
  texts[oldest] = text;
  times[oldest] = ms;
  oldest = (oldest + 1) % LATEST;
  return ms;
}

/** 0 for other text. */
export function epochMs(text: string): number {
  if (text === lastText) return lastMs;
  lastMs = rememberedMs(text);
  lastText = text;
  return lastMs;
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n));

/** The normal form. */
export function formatLogTime(time: LogTime): string {
  const days = Math.floor(time.ms / DAY_MS);
  const rest = time.ms - days * DAY_MS;
  const [year, month, day] = civilFromDays(days);
  const hour = Math.floor(rest / 3_600_000);
  const minute = Math.floor(rest / 60_000) % 60;
  const second = Math.floor(rest / 1000) % 60;
  const fraction = String((rest % 1000) * 1_000_000 + time.ns).padStart(9, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}.${fraction}Z`;
}

function isNormal(text: string): boolean {
  return (
    text.length === 30 &&
    text.charCodeAt(29) === 90 &&
    text.charCodeAt(19) === 46 &&
    digits(text, 20, 29) >= 0 &&
    digits(text, 17, 19) < 60 &&
    !Number.isNaN(wholeSeconds(text))
  );
}

/** Undefined: no time. */
export function normaliseTime(text: string): string | undefined {
  if (isNormal(text)) return text;
  const time = parseLogTime(text);
  return time === undefined ? undefined : formatLogTime(time);
}

/** Must have passed the schema. */
export function shiftTime(text: string, ms: number): string {
  const time = parseLogTime(text) ?? { ms: 0, ns: 0 };
  return formatLogTime({ ms: time.ms + ms, ns: time.ns });
}
