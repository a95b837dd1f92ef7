/**
 * One message of RFC 5424, counted by octets as RFC 6587 and RFC 5425 ask: whatever an alert says can neither end its
 * message nor begin another.
 */
import type { Alert, Severity } from '@waywarden/schemas';

/** Log audit. */
const FACILITY = 13;
const LEVEL: Readonly<Record<Severity, number>> = {
  info: 6,
  low: 5,
  medium: 4,
  high: 3,
  critical: 2,
};
const HOST_LENGTH_MAX = 255;

const printable = (text: string, most: number): string =>
  text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, most) || '-';

export interface SyslogMessage {
  readonly alert: Alert;
  readonly host: string;
  /** One line of JSON. */
  readonly text: string;
}

export function syslogFrame({ alert, host, text }: SyslogMessage): string {
  const priority = FACILITY * 8 + LEVEL[alert.severity];
  // Six digits of a second at most.
  const time = alert.detected_at.replace(/(\.\d{6})\d+/, '$1');
  const head = `<${priority}>1 ${time} ${printable(host, HOST_LENGTH_MAX)} waywarden - alert -`;
  const message = `${head} \uFEFF${text}`;
  return `${new TextEncoder().encode(message).length} ${message}`;
}
