/**
 * Log time as text and as numbers, without `Date`: the cores compare, shift and print RFC 3339
 * times, and must do so identically on every machine. Ingest normalises every time to UTC with
 * nine digits, so normalised times also sort as strings.
 *
 * Civil-day arithmetic after Howard Hinnant, "chrono-compatible low-level date algorithms".
 */
const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

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
  /** Nanoseconds within the millisecond, 0–999,999. */
  readonly ns: number;
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Undefined when the text is no RFC 3339 time with a zone, or no such day exists. */
export function parseLogTime(text: string): LogTime | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const inRange =
    month >= 1 && month <= 12 && day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0) && hour < 24;
  if (!inRange || minute > 59 || second > 60) return undefined;
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) {
    return undefined;
  }
  const fraction = (match[7] ?? '').padEnd(9, '0');
  const zone = (match[8] === '-' ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0));
  const seconds = hour * 3600 + minute * 60 + second - zone * 60;
  const ms =
    daysFromCivil(year, month, day) * DAY_MS + seconds * 1000 + Number(fraction.slice(0, 3));
  return { ms, ns: Number(fraction.slice(3)) };
}

/** Milliseconds since the epoch of a time that the schema accepted; 0 for other text. */
export function epochMs(text: string): number {
  return parseLogTime(text)?.ms ?? 0;
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n));

/** UTC with nine digits and `Z`: the normal form, which sorts as a string. */
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

/** The same instant in normal form; undefined when it is no time. */
export function normaliseTime(text: string): string | undefined {
  const time = parseLogTime(text);
  return time === undefined ? undefined : formatLogTime(time);
}

/** `text` moved by `ms` milliseconds, in normal form. `text` must have passed the schema. */
export function shiftTime(text: string, ms: number): string {
  const time = parseLogTime(text) ?? { ms: 0, ns: 0 };
  return formatLogTime({ ms: time.ms + ms, ns: time.ns });
}
