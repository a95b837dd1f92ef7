/** Guarantees: a declared tool is known in every host's spelling, and a name says nothing against its server. */
import { describe, expect, it } from 'vitest';
import { allowsTool } from './declared-tool.ts';

describe('a declared tool', () => {
  it.each<[string, string, string | undefined]>([
    ['mail/*', 'list_mail', 'mail'],
    ['mail/*', 'mcp__mail__list_mail', undefined],
    ['mail/*', 'mcp__mail__list_mail', 'mail'],
    ['mail/list_mail', 'mail/list-mail', undefined],
    ['mail/list_mail', 'mail/list_mail', 'mail'],
    ['mail/list_mail', 'List-Mail', 'Mail'],
    ['mcp__mail__*', 'list_mail', 'mail'],
    ['list_mail', 'mcp__mail__list_mail', undefined],
    ['list_mail', 'list_mail', 'any'],
    ['gateway/mcp__mail__*', 'mcp__mail__list_mail', 'gateway'],
    ['repos/list', 'repos/list', undefined],
    ['*', 'mcp__mail__list_mail', 'evil'],
  ])('%s declares %s of the server %s', (pattern, name, server) => {
    expect(allowsTool([pattern], { name, server })).toBe(true);
  });

  it.each<[string, string, string | undefined]>([
    ['mail/*', 'mcp__mail__list_mail', 'evil'],
    ['mail/*', 'mail/list_mail', 'evil'],
    ['mail/list_mail', 'mcp__mail__list_mail', 'evil'],
    ['mcp__mail__*', 'mcp__mail__list_mail', 'evil'],
    ['list_mail', 'mcp__mail__list_mail', 'evil'],
    ['mail/*', 'mcp__evil__mail/list_mail', undefined],
    ['mail/*', 'evil/mail/list_mail', 'evil'],
    ['mail/*', 'list_mail', undefined],
    ['mail/*', 'mcp__mailer__list_mail', undefined],
  ])('%s does not declare %s of the server %s', (pattern, name, server) => {
    expect(allowsTool([pattern], { name, server })).toBe(false);
  });
});
