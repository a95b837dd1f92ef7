/** What a declared change names of a tool: its server, it alone, or nothing. */
import { expect, it } from 'vitest';
import { declaredTool, namedBy } from './declared-tools.ts';

const mail = { name: 'send', server: 'mail' };

it.each([
  ['tool/mail', mail, 'server'],
  ['tool/mail/v3', mail, 'server'],
  ['tool/mail/2026-01-15', mail, 'server'],
  ['tool/mail/send', mail, 'tool'],
  ['tool/mail/send', { ...mail, name: 'mcp__mail__send' }, 'tool'],
  ['tool/mail/send', { ...mail, name: 'mcp__other__send' }, undefined],
  ['tool/mail/list', mail, undefined],
  ['tool/mail/sen', mail, undefined],
  ['tool/mai', mail, undefined],
  ['tool/send', mail, undefined],
  ['release/mail', mail, undefined],
  ['tool/2fa', { name: '2fa_reset', server: '2fa' }, 'server'],
  ['tool/2fa/2fa_reset', { name: '2fa_list', server: '2fa' }, undefined],
  ['tool/dcbf1ab2', mail, 'server'],
  ['tool/v4.1', mail, 'server'],
  ['tool/v4.1', { name: 'bash' }, 'server'],
  ['tool/365', mail, undefined],
  ['tool/deadbeef', mail, undefined],
  ['tool/bash', { name: 'bash' }, 'tool'],
  ['tool/bash/v2', { name: 'bash' }, 'tool'],
  ['tool/bash/other', { name: 'bash' }, undefined],
] as const)('%s names of %j: %s', (of, tool, named) => {
  expect(namedBy(of, tool)).toBe(named);
});

it.each([
  ['tool/mail', { server: 'mail' }],
  ['tool/mail/v3', { server: 'mail' }],
  ['tool/mail/send', { server: 'mail', name: 'send' }],
  ['tool/mail/a/b', { server: 'mail', name: 'a/b' }],
  ['tool/dcbf1ab2', undefined],
  ['model/m-2', undefined],
])('%s is of %j', (of, tool) => {
  expect(declaredTool(of)).toEqual(tool);
});
