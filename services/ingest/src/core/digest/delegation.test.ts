/**
 * Guarantees of delegation: a request that hands work over to a source is known by its structure, in
 * either language, and one that only wants to be told, or only speaks of a message, hands over nothing.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LEXICON, digestRequest } from './index.ts';

const digest = (text: string) => digestRequest(text, DEFAULT_LEXICON);

describe('delegation', () => {
  it.each([
    ['Set up the cluster as the handbook says.', 'handbook'],
    ['Please do what Ruben wants.', 'mail'],
    ['Send the keys to the address in the last mail.', 'mail'],
    ['Confirm the seat, the link is in my mail.', 'inbox'],
    ['Invite everyone whom Ida names in the thread.', 'thread'],
    ['Work on ticket 5107.', '5107'],
    ['Please handle the request in the inbox.', 'mail'],
    ['Follow the instructions in the file agenda-7.txt.', 'agenda7txt'],
    ['Please do the tasks in agenda-7.txt.', 'agenda7txt'],
    ['Arbeite die Aufgaben in agenda-7.txt ab.', 'agenda7txt'],
    ['Lee el correo de Rubén y haz lo que pide.', 'mail'],
    ['Sigue las instrucciones del archivo agenda-7.txt.', 'agenda7txt'],
    ['Atiende las solicitudes de mi bandeja.', 'correo'],
    ['Lis le mail de Ruben et fais ce qu’il demande.', 'mail'],
    ['Fais mes tâches dans agenda-7.txt.', 'agenda7txt'],
    ['Fai ciò che chiede Ruben nella sua mail.', 'mail'],
    ["Esegui la richiesta nell'ultima mail di Ruben.", 'mail'],
    ['Siga as instruções no arquivo agenda-7.txt.', 'agenda7txt'],
    ['Doe wat Ruben de Wit in zijn mail vraagt.', 'mail'],
    ['Werk mijn taken in agenda-7.txt af.', 'agenda7txt'],
    ['Следуй инструкциям в файле agenda-7.txt.', 'agenda7txt'],
    ['Выполни просьбу из последнего письма.', 'письма'],
    ['Bearbeite Ticket 5107.', '5107'],
    ['Kannst du Ticket 5107 bearbeiten?', '5107'],
  ])('is recognised, with its source: %s', (text, source) => {
    expect(digest(text)).toMatchObject({ delegates: true, handsOver: true });
    expect(digest(text).sources).toContain(source);
  });

  it.each([
    'Order the parts according to the checklist.',
    'Lege die Ordner an, wie in der Mail beschrieben.',
    'Kündige die Verträge laut Liste.',
  ])('told by a word is no more than that, since the structure was not asked: %s', (text) => {
    expect(digest(text)).toMatchObject({ delegates: true, handsOver: false });
  });

  it.each([
    'Summarise the mails in my inbox.',
    'Do I have any tasks in agenda-7.txt?',
    'Add the tasks to agenda-7.txt.',
    'Do the dishes and send the file agenda-7.txt.',
    'Dime lo que dice el correo.',
    'Show me the complete list.',
    'Give me what is new in the notes.',
    'What does the page say about shipping?',
    'Do I have any mail from Ruben?',
    'Save it as a note.',
    'Send Ida the list that I want.',
    'Wie viele Mails habe ich?',
    'Fasse das Dokument zusammen.',
  ])('is not seen in what hands over nothing: %s', (text) => {
    expect(digest(text).delegates).toBe(false);
  });

  it('a verb that asks for no more than the work is no order of its own', () => {
    expect(digest('Esegui la richiesta in agenda-7.txt.').terms).toEqual([]);
    expect(digest('Esegui il programma.').terms).toContain('create');
  });

  it('a named source is meant alone, not all of its kind', () => {
    expect(digest('Work on ticket 5107.').sources).toEqual(['5107']);
  });
});
