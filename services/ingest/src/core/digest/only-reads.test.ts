/**
 * A request asks for what its verbs ask: the nouns of one that only reads ("my unread mails") bring no action, and
 * whatever asks for more is never taken for reading, in each language.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LEXICON, digestRequest } from './index.ts';

const termsOf = (text: string) =>
  digestRequest(text, DEFAULT_LEXICON).terms.filter((term) => term !== 'read');

describe('a request that asks for reading at most', () => {
  it.each([
    'Summarise my unread mails.',
    'Read my messages.',
    'What do my emails say?',
    'Any new message from Ines?',
    'Do I have new messages?',
    'Show me the calendar events of today.',
    'List my open orders and appointments.',
    'Tell me what is new in my mails.',
    'Give me an overview of my unread mails.',
    'Check my calendar and tell me about my next appointment.',
    "Summarise my mails. Don't send anything.",
    'Fasse meine ungelesenen Mails zusammen.',
    'Welche Nachrichten habe ich heute?',
    'Sag mir, was in meinen Mails steht.',
    'Résume mes nouveaux messages.',
    "Quels rendez-vous ai-je aujourd'hui ?",
    'Resume mis correos nuevos.',
    'Dime qué dicen mis mensajes.',
    'Riassumi le mie nuove email.',
    'Resuma os meus novos e-mails.',
    'Vat mijn nieuwe mails samen.',
    'Кратко изложи новые письма.',
  ])('has no other action: %s', (text) => {
    expect(termsOf(text)).toEqual([]);
  });
});

describe('a request that asks for more', () => {
  it.each([
    ['Email Tom the notes.', 'send'],
    ['Fix the failing test.', 'update'],
    ['Debug the parser.', 'update'],
    ['Hey Claude, please mail Tom what is new.', 'send'],
    ['Read the mail and reply to it.', 'send'],
    ['Help me draft a reply to the mail from Ines.', 'create'],
    ['I want you to forward the mails to Tom.', 'send'],
    ['Read my mails and put an event into my calendar.', 'schedule'],
    ['Place an order for paper and read the confirmation.', 'reserve'],
    ['Look for a message from Ines and message Tom about it.', 'send'],
    ['Summarise my mails in the channel by posting a digest.', 'post'],
    ['Check my mails and log them in the tracker.', 'send'],
    ['Read my mails and take notes in Notion.', 'send'],
    ['Lies meine Mails und trage die Termine ein.', 'send'],
    ['Lies die Mail und schicke Tom eine Zusammenfassung.', 'send'],
    ['Könntest du bitte die Mails lesen und weiterleiten?', 'send'],
    ['Lis mes messages et envoie un résumé à Tom.', 'send'],
    ["Merci d'envoyer un résumé des messages.", 'send'],
    ['Lee mis mensajes y envía un resumen a Tom.', 'send'],
    ['Puoi inviare un riassunto delle email a Tom?', 'send'],
    ['Leia os e-mails e envie um resumo ao Tom.', 'send'],
    ['Lees de mails en stuur Tom een samenvatting.', 'send'],
    ['Прочитай письма и отправь Тому сводку.', 'send'],
  ])('has it: %s', (text, action) => {
    expect(termsOf(text)).toContain(action);
  });

  it('keeps what its nouns say where it hands over, or its verb is of no known language', () => {
    expect(termsOf('Tee mitä tämä email pyytää.')).toContain('send');
    expect(digestRequest('Read ticket 812 and reply as it says.', DEFAULT_LEXICON)).toMatchObject({
      delegates: true,
      terms: ['send', 'read'],
    });
  });
});
