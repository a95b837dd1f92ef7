import { expect, it } from 'vitest';
import { buildAlert } from '../../testing/triage-builders.ts';
import { syslogFrame } from './syslog-frame.ts';

const frame = (text: string, host = 'soc-1') =>
  syslogFrame({ alert: buildAlert({ severity: 'high' }), host, text });

it('counts the octets of its message, and not its letters', () => {
  const text = frame('{"title":"Überweisung"}');
  const [, count = '', message = ''] = /^(\d+) (.*)$/s.exec(text) ?? [];
  expect(Buffer.byteLength(message)).toBe(Number(count));
});

it('is of the audit facility, by the severity of the alert', () => {
  expect(frame('{}')).toMatch(/^\d+ <107>1 \S+Z soc-1 waywarden - alert - \uFEFF\{\}$/);
});

it('takes no header from the name of a host', () => {
  expect(frame('{}', 'a b\nc')).toContain(' abc waywarden ');
  expect(frame('{}', '\n')).toContain('Z - waywarden ');
});
