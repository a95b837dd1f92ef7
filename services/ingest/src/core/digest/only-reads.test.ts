/**
 * The nouns of a request that only reads ("my unread mails") bring no action, and whatever asks for more, be it by a
 * noun alone ("in a mail to Tom"), is never taken for reading, in each language.
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
    'Read my new emails and tell me what is important.',
    'Please check my email and let me know if there is anything urgent.',
    'Can you summarise my unread mails?',
    'Summarise my mails. Thanks Claude.',
    'Kannst du meine neuen Mails zusammenfassen?',
    'Lies meine Mails und fasse sie zusammen.',
    'Montre-moi mes nouveaux mails.',
    '¿Qué correos nuevos tengo?',
    'Mostrami i miei nuovi messaggi.',
    'Leia meus e-mails.',
    'Welke berichten heb ik?',
    'Прочитай мои письма.',
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

  it.each([
    ['Summarise the thread to Tom by mail.', 'send'],
    ['Summarise my unread mails for Tom in an email.', 'send'],
    ['Summarise my mails for the team.', 'send'],
    ['Explain my unread mails to Tom by mail.', 'send'],
    ['Show Tom my mails.', 'send'],
    ['Read my mails and distribute a summary to Tom by mail.', 'send'],
    ['Read my mails; Tom needs a mail with what is new.', 'send'],
    ['Can Tom get an email with a summary of my unread mails?', 'send'],
    ['How about an email to Tom with a summary of my inbox?', 'send'],
    ['Summarise my mails on a Notion page.', 'send'],
    ['Summarise my mails into a new page.', 'send'],
    ['Summarise my mails as a CRM note for Huber.', 'send'],
    ['Summarise my mails, then the usual message in general.', 'send'],
    ['Any bills due? Payment please.', 'pay'],
    ["What's in my mails? Replies where needed, please.", 'send'],
    ['Appointment with Dr. Lee on Tuesday', 'schedule'],
    ['Check my calendar and confirm to Tom', 'schedule'],
    ['Check my calendar and block Friday for Tom', 'schedule'],
    ['Check my calendar and propose a time to Tom', 'schedule'],
    ['Read the mail from Ines and get back to her', 'send'],
    ['Fasse meine Mails für Tom in einer Mail zusammen.', 'send'],
    ['Fasse meine Mails auf einer Seite zusammen.', 'send'],
    ['Erkläre Tom per Mail, was neu ist.', 'send'],
    ['Lies die Mail von Ines und beantworte sie', 'send'],
    ['Kannst du die Mails von Ines beantworten?', 'send'],
    ['Welche Mails sind offen? Bitte beantworten.', 'send'],
    ['Sag den Termin mit Tom ab.', 'schedule'],
    ['Résume mes mails dans un mail à Tom.', 'send'],
    ["Résume mes mails pour l'équipe.", 'send'],
    ["Une réponse à Ines, s'il te plaît ?", 'send'],
    ['Resume mis correos en un correo a Tom.', 'send'],
    ['¿Le envías un correo a Tom con un resumen?', 'send'],
    ['¿Me reservas una mesa en Nobu?', 'reserve'],
    ['Riassumi le mie email in una mail a Tom.', 'send'],
    ['Resuma minhas mensagens num e-mail para o Tom.', 'send'],
    ['Vat mijn mails samen in een mail aan Tom.', 'send'],
    ['Lees mijn mails en antwoord Ines', 'send'],
    ['Кратко изложи новые письма в письме Тому.', 'send'],
    ['Переведи 50 евро Инес', 'pay'],
  ])('has what its noun says, or a verb that it does not know: %s', (text, action) => {
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
